"""With a crop cache the predictions are the same bytes, whatever happened to the run that filled it."""

from pathlib import Path

import pytest

from pwc_bench.core.record import Record
from pwc_bench.evaluation import evaluate
from pwc_bench.imaging import list_cached_crops
from tests.evaluation.killing import kill_at
from tests.evaluation.tiny import (
    WIDE_RECIPE,
    CountingSource,
    FolderSource,
    metrics_named,
    save_weights,
    tiny_request,
    tiny_variant,
    write_images,
)

GIB = 2**30
VARIANTS = (tiny_variant("a", 1), tiny_variant("b", 2, WIDE_RECIPE))
METRICS = ("top1", "throughput_end_to_end")


def predictions(records: list[Record]) -> list[str]:
    """The hashes of the predictions."""
    return [r.provenance.predictions.sha256 for r in records if r.provenance.predictions]


def measure(root: Path, source: FolderSource, crop_cache_bytes: int | None) -> list[Record]:
    """Evaluate two variants of different recipes."""
    weights = save_weights(root / "weights", *VARIANTS)
    changes = {"weights": weights, "crop_cache_bytes": crop_cache_bytes, "instruments": metrics_named(*METRICS)}
    return list(evaluate(tiny_request(root, source, *VARIANTS, **changes)))


def test_a_second_run_decodes_nothing_and_says_the_same(tmp_path: Path) -> None:
    """Only failed images are tried again, and a few are compared; the end-to-end rate says where crops came from."""
    good = write_images(tmp_path / "images", 60)
    (tmp_path / "images" / "00007.jpg").write_bytes(b"broken")
    source = CountingSource(good.folder, good.items)
    plain = measure(tmp_path, source, None)
    first = measure(tmp_path, source, GIB)
    source.read_indices.clear()
    second = measure(tmp_path, source, GIB)
    assert predictions(plain) == predictions(first) == predictions(second)
    assert len(predictions(plain)) == 2
    assert {record.status_reason for record in second} == {record.status_reason for record in plain}
    assert len(source.read_indices) <= 2 * 16 + 1
    caveats = second[0].measurements["throughput_end_to_end"].caveats
    assert any("59 of 60 images came from the crop cache" in caveat for caveat in caveats)
    assert not any("crop cache" in c for c in first[0].measurements["throughput_end_to_end"].caveats)
    assert sorted(file.images for file in list_cached_crops(tmp_path / "cache" / "crops")) == [59, 59]


def test_a_cache_without_room_changes_nothing(tmp_path: Path) -> None:
    """The run decodes, as without one."""
    source = write_images(tmp_path / "images", 12)
    assert predictions(measure(tmp_path, source, 10)) == predictions(measure(tmp_path, source, None))
    assert not list((tmp_path / "cache" / "crops").glob("*.crops"))


CHILD = """
import sys
from pathlib import Path
from pwc_bench.evaluation import evaluate
from tests.evaluation.killing import Telling
from tests.evaluation.tiny import *
root = Path(sys.argv[1])
source = write_images(root / "images", 60)
variants = (tiny_variant("a", 1), tiny_variant("b", 2, WIDE_RECIPE))
weights = {v.key: str(root / "weights" / f"{v.key}.pth") for v in variants}

list(evaluate(tiny_request(root, source, *variants, weights=weights, crop_cache_bytes=2**30, fresh=True), Telling()))
"""


@pytest.mark.parametrize("moment", [4, 36])
def test_a_run_that_is_killed_while_filling_leaves_sound_crops(tmp_path: Path, moment: int) -> None:
    """SIGKILL of a real process; what it left is used, and the predictions are those of a run without a cache."""
    save_weights(tmp_path / "weights", *VARIANTS)
    source = write_images(tmp_path / "images", 60)
    kill_at(CHILD, tmp_path, lambda said: said.isdigit() and int(said) >= moment)
    left = [file.images for file in list_cached_crops(tmp_path / "cache" / "crops")]
    assert len(left) == 2
    assert min(left) > 0
    cached = measure(tmp_path, source, GIB)
    assert any("crop cache" in c for c in cached[0].measurements["throughput_end_to_end"].caveats)
    assert predictions(cached) == predictions(measure(tmp_path / "plain", source, None))
