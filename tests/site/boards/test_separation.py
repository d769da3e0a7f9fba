"""What tells models apart: paired tests on the same images, else intervals; and the ranks that follow."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from pwc_bench.claims.naming import BoardKey, Names
from pwc_bench.claims.numbers import EN_DASH
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.record import Record, Status
from pwc_bench.site.boards.board import Board, make_board
from pwc_bench.site.boards.ranking import Standing, paired_tests, told_apart
from pwc_bench.statistics import wilson
from tests.example_archive import METRICS, example_archive, example_catalogue
from tests.factories import make_claim, make_measurement, make_record

IMAGES = 2_000
KEY = BoardKey("image-classification", "imagenet-1k")
FIVE_GUESSES = np.arange(1, 6)


def predictions(wrong: set[int], labels: int = 0) -> PredictionBatch:
    """The answers of a model that is wrong on the images `wrong`, whose label comes third there."""
    top5 = np.tile(FIVE_GUESSES, (IMAGES, 1))
    top5[:, 0] = [9 if image in wrong else labels for image in range(IMAGES)]
    top5[:, 2] = labels
    return PredictionBatch(
        images=[str(image) for image in range(IMAGES)],
        labels=np.full(IMAGES, labels, dtype=np.int64),
        top5=top5,
        scores=np.full((IMAGES, 5), 0.2, dtype=np.float32),
        nll=np.ones(IMAGES, dtype=np.float32),
    )


def record_of(variant: str, wrong: set[int], **changes: str) -> Record:
    """A complete record with the accuracy that belongs to so many wrong images, and its Wilson interval."""
    hits = IMAGES - len(wrong)
    low, high = wilson(hits, IMAGES)
    top1 = make_measurement(100 * hits / IMAGES, "%")
    record = make_record(variant, measurements={"top1": replace(top1, interval=(100 * low, 100 * high))})
    return replace(record, provenance=replace(record.provenance, manifest_sha256=changes.get("manifest", "cd" * 32)))


def archive_of(*sides: tuple[Record, PredictionBatch | None]) -> MemoryArchive:
    """Records, and the predictions that are at hand."""
    kept = {record.id: batch for record, batch in sides if batch is not None}
    return MemoryArchive(example_catalogue(), tuple(record for record, _ in sides), all_predictions=kept)


def board_of(archive: MemoryArchive) -> Board:
    """The ImageNet board."""
    return make_board(archive, KEY, Names.of(archive), {}, KEY.path, paired_tests)


def ranks(archive: MemoryArchive) -> dict[str, str]:
    """The bands on the ImageNet board."""
    return {row.title: row.position.replace(EN_DASH, "-") for row in board_of(archive).rows}


BETTER, WORSE = set(range(400)), set(range(430))
"""Wrong images, one set within the other: 30 against 0, in intervals that overlap widely."""


def test_the_same_images_tell_apart_what_intervals_cannot() -> None:
    """80.0 and 78.5 % of 2,000 images overlap, yet the better one is right wherever the other is."""
    good, bad = record_of("convit-s", BETTER), record_of("convit-ti", WORSE)
    without = archive_of((good, None), (bad, None))
    assert ranks(without) == {"ConViT-S": "1-2", "ConViT-Ti": "1-2"}
    paired = archive_of((good, predictions(BETTER)), (bad, predictions(WORSE)))
    assert ranks(paired) == {"ConViT-S": "1", "ConViT-Ti": "2"}
    alone = archive_of((good, predictions(BETTER)), (bad, None))
    assert ranks(alone) == ranks(without)


def test_only_the_same_images_are_paired() -> None:
    """Another manifest, or other labels under the same name, leave the intervals to decide."""
    good = record_of("convit-s", BETTER)
    other = record_of("convit-ti", WORSE, manifest="ab" * 32)
    assert set(ranks(archive_of((good, predictions(BETTER)), (other, predictions(WORSE)))).values()) == {"1-2"}
    bad = record_of("convit-ti", WORSE)
    assert set(ranks(archive_of((good, predictions(BETTER)), (bad, predictions(WORSE, labels=7)))).values()) == {"1-2"}


def test_holm_is_applied_over_all_pairs() -> None:
    """A difference that is significant by itself (p = 0.031) is none beside another pair of models."""
    shifted = set(range(6)) | BETTER
    first, second = record_of("convit-s", BETTER), record_of("convit-ti", BETTER | set(range(400, 406)))
    assert binomtest(0, 6).pvalue < 0.05
    pair = archive_of((first, predictions(BETTER)), (second, predictions(BETTER | set(range(400, 406)))))
    assert ranks(pair) == {"ConViT-S": "1", "ConViT-Ti": "2"}
    third = record_of("convit-b", shifted | {1000, 1001})
    three = archive_of(
        (first, predictions(BETTER)),
        (second, predictions(BETTER | set(range(400, 406)))),
        (third, predictions(shifted | {1000, 1001})),
    )
    assert set(ranks(three).values()) == {"1-3"}


def test_identical_answers_are_never_told_apart() -> None:
    """No image differs, so there is nothing to test; also among the first five guesses."""
    one, two = record_of("convit-s", BETTER), record_of("convit-ti", BETTER)
    archive = archive_of((one, predictions(BETTER)), (two, predictions(WORSE)))
    standings = [Standing(1.0, (0.9, 1.1), record) for record in (one, two)]
    assert paired_tests(archive, METRICS["top5"], standings) == {(0, 1): False}
    assert paired_tests(archive, METRICS["top1"], standings) == {(0, 1): True}


def test_metrics_that_count_no_images_are_not_paired() -> None:
    """The likelihood and the cost keep to their intervals."""
    standings = [Standing(1.0, (0.9, 1.1), record_of("convit-s", BETTER))] * 2
    assert paired_tests(archive_of(), METRICS["nll"], standings) == {}
    assert paired_tests(archive_of(), METRICS["gflops"], standings) == {}
    assert not told_apart([*standings, Standing(None, None, None)], {}, 0, 2)


def test_claims_are_ranked_by_the_interval_that_they_imply() -> None:
    """82.5, 82.4 and 82.2 of 50,000 images overlap; 81.3 does not; and S+, B and B+ share their ranks on the board."""
    board = board_of(replace(example_archive(()), all_predictions={}))
    found = {row.title: row.position.replace(EN_DASH, "-") for row in board.rows}
    assert [found[title] for title in ("ConViT-B+", "ConViT-B", "ConViT-S+", "DeiT-B", "ConViT-S")] == [
        "1-4", "1-4", "1-4", "1-5", "4-5",
    ]  # fmt: skip
    assert "band" in board.order


def test_a_claim_in_another_unit_is_not_ranked() -> None:
    """0.813 is no 81.3 %: it stands at the end, without a rank."""
    claims = (make_claim(metric="top1", value="0.813", unit=""), make_claim("ConViT-B", "top1", "82.4", "%"))
    board = board_of(MemoryArchive(example_catalogue(), all_claims=claims))
    assert [(row.title, row.position.replace(EN_DASH, "-")) for row in board.rows] == [
        ("ConViT-B", "1"),
        ("ConViT-S", ""),
    ]


def test_costs_are_ranked_by_their_printed_digits() -> None:
    """5.4 and 5.5 GFLOPs are apart, and both may be the 5.45 that a third one printed."""
    claims = tuple(
        replace(make_claim(model, value=value), dataset="imagenet-1k")
        for model, value in (("ConViT-S", "5.4"), ("ConViT-B", "5.6"), ("ConViT-Ti", "5.45"))
    )
    board = board_of(MemoryArchive(example_catalogue(), all_claims=claims))
    assert [(row.title, row.position.replace(EN_DASH, "-")) for row in board.rows] == [
        ("ConViT-S", "1-2"), ("ConViT-Ti", "1-2"), ("ConViT-B", "3"),
    ]  # fmt: skip


def test_partial_records_are_no_match_for_a_paired_test() -> None:
    """They rank by what they measured where nothing is claimed, with the wide interval of few images."""
    partial = make_record(
        "convit-s", measurements={"top1": make_measurement(81.0, "%", half_width=5.0)}, status=Status.PARTIAL
    )
    whole = make_record("convit-ti", measurements={"top1": make_measurement(80.0, "%", half_width=0.3)})
    assert ranks(archive_of((partial, predictions(BETTER)), (whole, predictions(WORSE)))) == {
        "ConViT-S": "1-2",
        "ConViT-Ti": "1-2",
    }


@pytest.mark.parametrize("percent", [0.0, 50.0, 100.0])
def test_bands_hold_at_the_ends_of_the_scale(percent: float) -> None:
    """A claim of 0 or 100 % has an interval too."""
    claim = make_claim(metric="top1", value=f"{percent:.1f}", unit="%")
    assert ranks(MemoryArchive(example_catalogue(), all_claims=(claim,))) == {"ConViT-S": "1"}
