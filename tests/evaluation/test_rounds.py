"""Further rounds take their crops from disk, and predict what one round would have."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.record import Record, Status
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation import evaluate
from pwc_bench.imaging import list_cached_crops
from tests.evaluation.killing import kill_at
from tests.evaluation.tiny import (
    RECIPE,
    WIDE_RECIPE,
    CountingSource,
    JealousModel,
    ShyModel,
    TinyModel,
    save_weights,
    tiny_request,
    variant_of,
    write_images,
)

COUNT = 60
COMPARED = 16
"""The crops that are made anew when a file of crops is opened."""
RECIPES = (RECIPE, WIDE_RECIPE, RECIPE)


class _Listening(SilentObserver):
    """Keeps what it is told, and looks into the folder of crops when a round begins."""

    def __init__(self, root: Path) -> None:
        self.work = root / "work"
        self.warnings: list[str] = []
        self.kept: list[list[int]] = []

    def stage(self, text: str) -> None:
        """Look at what is there before a pass."""
        if text.startswith("evaluating"):
            folders = self.work.glob("*/crops")
            self.kept.append([file.images for folder in folders for file in list_cached_crops(folder)])

    def warning(self, text: str) -> None:
        """Keep it."""
        self.warnings.append(text)


def three(model: type[TinyModel]) -> tuple[Variant, ...]:
    """Three variants of two recipes."""
    return tuple(variant_of(model, f"v{number}", number + 1, recipe) for number, recipe in enumerate(RECIPES))


def counted(root: Path) -> CountingSource:
    """Sixty images, of which one is broken."""
    source = write_images(root / "images", COUNT)
    (root / "images" / "00007.jpg").write_bytes(b"broken")
    return CountingSource(source.folder, source.items)


def predictions(records: Sequence[Record]) -> dict[str, str | None]:
    """The hash of each variant's predictions."""
    return {r.variant: r.provenance.predictions.sha256 if r.provenance.predictions else None for r in records}


def in_one_round(root: Path, source: CountingSource) -> dict[str, str | None]:
    """What models that fit beside each other predict."""
    found = predictions(list(evaluate(tiny_request(root / "one-round", source, *three(TinyModel)))))
    assert None not in found.values()
    source.read_indices.clear()
    return found


def test_further_rounds_decode_nothing(tmp_path: Path) -> None:
    """The first round keeps the crops of all recipes to come; each image is read once, a few to compare."""
    source, listening = counted(tmp_path), _Listening(tmp_path)
    wanted = in_one_round(tmp_path, source)
    records = list(evaluate(tiny_request(tmp_path, source, *three(JealousModel)), listening))
    assert predictions(records) == wanted
    assert listening.kept == [[], [COUNT - 1] * 2, [COUNT - 1] * 2]
    # Three rounds try the broken image; two of them open both files, of which one is needed in the last.
    assert len(source.read_indices) <= COUNT + 2 + 3 * COMPARED
    caveats = [record.measurements["throughput_end_to_end"].caveats for record in records]
    assert [any("59 of 60 images came from the crop cache" in c for c in found) for found in caveats] == [
        False,
        True,
        True,
    ]
    assert not list((tmp_path / "work").iterdir())


def test_a_crop_cache_that_was_asked_for_serves_the_rounds(tmp_path: Path) -> None:
    """It stays, and nothing is kept twice."""
    source, listening = counted(tmp_path), _Listening(tmp_path)
    wanted = in_one_round(tmp_path, source)
    request = tiny_request(tmp_path, source, *three(JealousModel), crop_cache_bytes=2**30)
    assert predictions(list(evaluate(request, listening))) == wanted
    assert listening.kept == [[], [], []]
    assert [file.images for file in list_cached_crops(tmp_path / "cache" / "crops")] == [COUNT - 1] * 2
    assert len(source.read_indices) <= COUNT + 2 + 3 * COMPARED


def test_a_disk_without_room_is_said_and_images_are_decoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The predictions are the same."""
    monkeypatch.setattr("pwc_bench.imaging.crop_cache._RESERVE_BYTES", 2**60)
    source, listening = counted(tmp_path), _Listening(tmp_path)
    wanted = in_one_round(tmp_path, source)
    assert predictions(list(evaluate(tiny_request(tmp_path, source, *three(JealousModel)), listening))) == wanted
    assert len(source.read_indices) == 3 * COUNT
    assert "has no room for 0.0 GiB of crops" in listening.warnings[1]
    assert listening.warnings[2] == "so the images are decoded once more in each further round"


def test_crops_are_kept_once_a_model_turns_out_to_need_the_device_for_itself(tmp_path: Path) -> None:
    """The batches that were under way by then are decoded again; all others are not."""
    source, listening = counted(tmp_path), _Listening(tmp_path)
    wanted = in_one_round(tmp_path, source)
    request = tiny_request(tmp_path, source, *three(ShyModel))
    records = list(evaluate(request, listening))
    assert predictions(records) == wanted
    assert {record.status for record in records} == {Status.PARTIAL}  # the broken image
    assert [len(kept) for kept in listening.kept] == [0, 2, 2]
    assert 0 < min(listening.kept[1]) < COUNT - 1
    assert "V1, V2: no room beside the others; evaluated one by one after them" in listening.warnings
    assert len(source.read_indices) < 2 * COUNT + 3 * COMPARED


def test_a_round_of_which_nobody_is_left_ends_early(tmp_path: Path) -> None:
    """Once every variant has failed, no further image is decoded for it."""

    class Broken(TinyModel):
        """Fails."""

        def forward(self, batch: object) -> object:  # type: ignore[override]
            """Raise."""
            raise ValueError("no logits today")

    source = counted(tmp_path)
    many = CountingSource(source.folder, source.items * 10)
    (record,) = evaluate(tiny_request(tmp_path, many, variant_of(Broken, "v0", 1)))
    assert record.status is Status.FAILED
    assert "no logits today" in str(record.status_reason)
    assert len(many.read_indices) < len(many.items) / 2


CHILD = """
import sys
from pathlib import Path
from pwc_bench.evaluation import evaluate
from tests.evaluation.killing import Telling
from tests.evaluation.test_rounds import *

root = Path(sys.argv[1])
source = write_images(root / "images", COUNT)
weights = {f"v{number}": str(root / "weights" / f"v{number}.pth") for number in range(3)}
list(evaluate(tiny_request(root, source, *three(JealousModel), weights=weights), Telling()))
"""


@pytest.mark.parametrize(("last_words", "cached"), [("V1: loading weights", True), ("28", False)])
def test_a_run_killed_between_or_in_rounds_finds_its_crops(tmp_path: Path, last_words: str, cached: bool) -> None:
    """SIGKILL of a real process: the continued run goes on from its crops, whole or in part, and then removes them."""
    weights = save_weights(tmp_path / "weights", *three(TinyModel))
    # Each variant is loaded, and deferred, before the first pass too.
    kill_at(CHILD, tmp_path, last_words.__eq__, times=2 if cached else 1)
    (folder,) = (tmp_path / "work").glob("*/crops")
    left = [file.images for file in list_cached_crops(folder)]
    assert left == [COUNT] * 2 if cached else 0 < min(left) < COUNT
    good = write_images(tmp_path / "images", COUNT)
    source = CountingSource(good.folder, good.items)
    wanted = in_one_round(tmp_path, source)
    request = tiny_request(tmp_path, source, *three(JealousModel), weights=weights)
    listening = _Listening(tmp_path)
    assert predictions(list(evaluate(request, listening))) == wanted
    assert "continuing the interrupted campaign" in listening.warnings[0]
    assert len(source.read_indices) <= COUNT - min(left) + 6 * COMPARED
    assert not list((tmp_path / "work").iterdir())
