"""Leaderboards: which there are, who stands on them, in which order."""

from dataclasses import replace

import pytest

from pwc_bench.claims.naming import Names, board_keys, board_title
from pwc_bench.claims.numbers import EN_DASH
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.record import WeightsStatus
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.chart import board_charts
from pwc_bench.site.boards.summary import summarise_boards
from tests.example_archive import example_archive, example_records
from tests.factories import make_claim, make_record
from tests.site.boards.boards import DEMO, IMAGENET, board_of, row_of


def test_boards_are_found_in_claims_and_records() -> None:
    """The one with most claims first, the demo last, all with titles."""
    archive = example_archive()
    keys = board_keys(archive)
    assert (keys[0], keys[-1]) == (IMAGENET, DEMO)
    assert board_title(archive, IMAGENET, Names.of(archive)) == "Image Classification on ImageNet"
    assert IMAGENET.path == "sota/image-classification-on-imagenet/index.html"


def test_the_board_holds_the_papers_twelve_variants(board: Board) -> None:
    """Each with claim and measurement of the five metrics; the likelihood is claimed in READMEs alone."""
    assert len(board.rows) == 12
    assert [column.metric for column in board.columns] == ["top1", "top5", "gflops", "parameters", "throughput", "nll"]
    row = row_of(board, "ConViT-S")
    shown = [(c.claim and c.claim.number.text, c.measured and c.measured.number.text) for c in row.cells[:5]]
    assert shown == [("81.3", "81.36"), ("95.7", "95.74"), ("5.4", "5.76"), ("27", "27.78"), ("305", "3,011")]
    assert [item.text for item in row.evidence] == ["accuracy", "cost and speed"]
    assert row.source is not None
    assert (row.source.text, row.source.href, row.source_text) == ("ConViT", "../../paper/convit/index.html", "Table 1")


def test_partial_records_are_flagged_and_do_not_rank(board: Board) -> None:
    """ConViT-S stands at its claim of 81.3, below DeiT-B's 81.8, although 200 images gave 81.36."""
    top1 = row_of(board, "ConViT-S").cells[0]
    assert top1.measured is not None
    assert top1.measured.status is not None
    assert top1.measured.status.kind == "partial"
    titles = [row.title for row in board.rows]
    assert titles[:5] == ["ConViT-B+", "ConViT-B", "ConViT-S+", "DeiT-B", "ConViT-S"]
    assert [row.position.replace(EN_DASH, "-") for row in board.rows[-3:]] == ["9-10", "11", "12"]


def test_absence_is_said_in_words(board: Board) -> None:
    """Never as a zero."""
    assert row_of(board, "ConViT-S+").cells[0].absent == "not measured: no public weights"
    assert row_of(board, "DeiT-S").cells[2].absent == "not measured yet"
    assert row_of(board, "DeiT-B").cells[0].absent_link is not None


def test_conditions_that_all_share_stand_in_the_head(board: Board) -> None:
    """Quadro GP100 against H200."""
    column = next(column for column in board.columns if column.metric == "throughput")
    assert column.claim_conditions == "Quadro GP100, batch 128"
    assert column.measured_conditions == "NVIDIA H200, fp32, batch 64"


def test_other_conditions_and_unknown_models_stand_apart(board: Board) -> None:
    """Table 2's fractions of the data are no rivals of the full training."""
    fractions = [row for row in board.further if row.conditions and row.conditions.startswith("trained on 5%")]
    assert {row.title for row in fractions} == {"ConViT-S", "DeiT-S"}
    assert all(row.href is None for row in board.further)


def test_a_demo_never_stands_on_the_imagenet_board(board: Board) -> None:
    """Nor does a probe's head that was run over ImageNet."""
    probe = make_record("convit-s-plus", weights=WeightsStatus.PROBE)
    archive = replace(example_archive(), all_records=(*example_records(), probe))
    assert row_of(board_of(archive), "ConViT-S+").cells[0].measured is None
    assert all("Xeon" not in item.setting for row in board.rows for item in row.evidence)


def test_the_demo_has_a_board_of_its_own() -> None:
    """With the accuracy of the demo and the cost of the real architectures, every row flagged."""
    board = board_of(example_archive(), DEMO)
    assert {row.title for row in board.rows} == {"ConViT-Ti", "ConViT-S+"}
    assert not any(column.has_claims for column in board.columns)
    top1 = row_of(board, "ConViT-Ti").cells[0]
    assert top1.measured is not None
    assert top1.measured.status is not None
    assert top1.measured.status.kind == "demo"


def test_a_model_that_saw_the_images_needs_no_claim() -> None:
    """One's own timm model stands on the board with its own title."""
    own = replace(make_record("timm:resnet18"), title="ResNet-18")
    board = board_of(replace(example_archive(), all_records=(own,)))
    row = row_of(board, "ResNet-18")
    assert row.cells[0].claim is None
    assert row.source is None


def test_a_board_may_hold_nothing_but_claims() -> None:
    """Its chart then shows claims alone."""
    board = board_of(example_archive(()))
    charts = board_charts(board, "T")
    assert len(charts) == 16
    assert not any(point.is_measured for chart in charts for point in chart.scatter.points)


def test_a_claim_that_is_no_number_ranks_last_and_draws_nothing() -> None:
    """A submission cannot break the board."""
    claims = (make_claim(metric="top1", value="many", unit="%"), make_claim("ConViT-B", "top1", "82.4", "%"))
    board = board_of(MemoryArchive(example_archive().catalogue, all_claims=claims))
    assert [row.title for row in board.rows] == ["ConViT-B", "ConViT-S"]
    assert board_charts(board, "T") == ()


@pytest.mark.parametrize("value", ["1e3", "-1", "1e400", "9" * 400])
def test_a_claim_that_cannot_be_ranks_last_and_draws_nothing(value: str) -> None:
    """No accuracy lies beyond 100 %; what no computer holds breaks no chart. All of them are shown."""
    claims = (
        make_claim("ConViT-S", "top1", value, "%"),
        make_claim("ConViT-S", "gflops", "5.4", "GFLOPs"),
        make_claim("ConViT-B", "top1", "82.4", "%"),
        make_claim("ConViT-B", "gflops", "17", "GFLOPs"),
    )
    archive = MemoryArchive(example_archive().catalogue, all_claims=claims)
    board = board_of(archive)
    assert [(row.title, row.position) for row in board.rows] == [("ConViT-B", "1"), ("ConViT-S", "")]
    assert board_charts(board, "T") == ()
    (summary,) = summarise_boards(archive, Names.of(archive), [IMAGENET], "index.html")
    assert summary.best_claim is not None
    assert summary.best_claim.model == "ConViT-B"


def test_published_models_compete_whether_or_not_we_can_measure_them() -> None:
    """One row for each paper's model, with all its numbers; conditions of its own set it apart."""
    claims = tuple(
        replace(make_claim("Other-S", metric, value, unit), variant=None, source=source)
        for metric, value, unit, source in (("top1", "81.0", "%", "Table 1"), ("gflops", "5.0", "GFLOPs", "Table 9"))
    )
    ablation = replace(claims[0], conditions="without positional encoding")
    board = board_of(MemoryArchive(example_archive().catalogue, all_claims=(*claims, ablation)))
    assert [(row.title, row.position) for row in board.rows] == [("Other-S", "1")]
    assert [row.conditions for row in board.further] == ["without positional encoding"]
