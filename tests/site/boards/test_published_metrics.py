"""Leaderboards of metrics that are only published, and claims that are printed in another unit."""

import json
from dataclasses import replace

import pytest

from pwc_bench.claims.naming import BoardKey, Names
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Better
from pwc_bench.core.ranking import direction_of
from pwc_bench.site.boards.board import Board, make_board
from pwc_bench.site.boards.chart import board_charts
from pwc_bench.site.boards.files import board_json
from pwc_bench.site.boards.summary import summarise_boards
from pwc_bench.site.charts.scatter import draw_scatter
from tests.example_archive import example_archive
from tests.factories import make_claim

SQUAD = BoardKey("question-answering", "squad")


def _claim(model: str, metric: str, value: str, unit: str = "", key: BoardKey = SQUAD) -> Claim:
    return replace(make_claim(model, metric, value, unit), variant=None, task=key.task, dataset=key.dataset)


def _archive(*claims: Claim) -> MemoryArchive:
    return MemoryArchive(example_archive().catalogue, all_claims=claims)


def _board(*claims: Claim, key: BoardKey = SQUAD) -> Board:
    archive = _archive(*claims)
    return make_board(archive, key, Names.of(archive), {}, key.path)


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("EM", Better.HIGHER),
        ("F1", Better.HIGHER),
        ("Test ROC-AUC", Better.HIGHER),
        ("mAP@0.5", Better.HIGHER),
        ("BLEU-4", Better.HIGHER),
        ("Percentage correct", Better.HIGHER),
        ("Percentage error", Better.LOWER),
        ("Word Error Rate (WER)", Better.LOWER),
        ("Validation perplexity", Better.LOWER),
        ("Accuracy error", Better.LOWER),
        ("beauty", None),
        ("", None),
    ],
)
def test_a_name_tells_the_direction_or_does_not(name: str, direction: Better | None) -> None:
    """Errors decide over everything else; what no word tells stays open."""
    assert direction_of(name) is direction


def test_a_published_metric_ranks_a_board_in_one_column() -> None:
    """Results stand before costs, and there is no column for what nobody here measures."""
    board = _board(
        _claim("Small", "parameters", "5", "M"),
        _claim("Small", "EM", "80.1"),
        _claim("Large", "EM", "90.5"),
        _claim("Large", "F1", "93.0"),
    )
    assert [(column.key, column.is_ours, column.span) for column in board.columns] == [
        ("em", False, "1"),
        ("f1", False, "1"),
        ("parameters", False, "1"),
    ]
    assert [(row.title, row.position) for row in board.rows] == [("Large", "1"), ("Small", "2")]
    assert [column.claim_index for column in board.columns] == ["2", "3", "4"]
    assert board.further_columns[0].index == "5"
    assert "EM as claimed, the highest first" in board.order
    assert [column.is_cost for column in board.columns] == [False, False, True]
    told = json.loads(board_json(board, "T", SQUAD.path))["results"]
    assert {(line["model"], line["metric"], line["claim"]) for line in told} >= {("Large", "F1", "93.0")}


def test_what_no_name_tells_is_neither_ranked_nor_drawn_as_the_best() -> None:
    """Rows keep the order of their source; charts have no line."""
    claims = [_claim(model, "beauty", value) for model, value in (("A", "1"), ("B", "3"), ("C", "2"))]
    claims += [_claim(model, "grace", value) for model, value in (("A", "1"), ("B", "3"), ("C", "2"))]
    board = _board(*claims)
    assert [(row.title, row.position) for row in board.rows] == [("A", ""), ("B", ""), ("C", "")]
    assert (board.columns[0].direction, board.order[:28]) == ("", "In the order of their source")
    (chart,) = board_charts(board, "T")
    assert (chart.scatter.line, chart.scatter.y_title) == ((), "beauty")
    archive = _archive(*claims)
    (summary,) = summarise_boards(archive, Names.of(archive), [SQUAD], "index.html")
    assert (summary.metric, summary.best_claim) == ("beauty", None)
    assert summary.no_claim == "no best: its direction is not stated"


def test_two_metrics_never_share_a_key() -> None:
    """Keys stand in addresses; ours keep their own."""
    board = _board(
        _claim("A", "F1", "1"), _claim("A", "f1", "2"), _claim("A", "GFLOPS", "3"), _claim("A", "gflops", "4", "GFLOPs")
    )
    assert [column.key for column in board.columns] == ["f1", "f1-2", "gflops-2", "gflops"]
    endless = _board(_claim("A", "x" * 300, "1"), _claim("A", f"{'x' * 300}y", "2"))
    assert [column.key for column in endless.columns] == ["x" * 60, f"{'x' * 60}-2"]


def test_a_claim_in_another_unit_says_so_and_is_turned_where_that_is_sure() -> None:
    """1,447,115 weights are 1.4 M; nats are no per cent: they rank nothing and stand on no chart."""
    board = _board(
        _claim("A", "top1", "81.3", "nats"),
        _claim("B", "top1", "70", "%"),
        _claim("A", "parameters", "1447115"),
        _claim("B", "parameters", "27", "M"),
    )
    first, second = board.rows
    assert (first.title, first.position, second.title, second.position) == ("B", "1", "A", "")
    accuracy, size = (cell.claim for cell in second.cells)
    assert accuracy is not None
    assert size is not None
    assert (accuracy.number.text, accuracy.number.sort, accuracy.own_unit) == ("81.3", "", "nats")
    assert (size.number.text, size.number.sort, size.own_unit) == ("1447115", "1.447115", "a plain count")
    assert {facet.value for facet in second.facets if facet.name == "size"} == {"0-10"}
    assert board_charts(board, "T") == ()


def test_the_spread_of_runs_sets_no_model_apart() -> None:
    """0.7375 ± 0.0021 is one result and stands in the model's row, with its spread; other conditions stand apart."""
    spread = replace(_claim("GAT", "Test Accuracy", "0.7375"), conditions="± 0.0021")
    apart = replace(_claim("GAT", "Test Accuracy", "0.70"), conditions="5 % of the data")
    board = _board(_claim("GAT", "parameters", "2", "M"), spread, apart)
    (row,), (further,) = board.rows, board.further
    assert (row.conditions, further.conditions) == (None, "5 % of the data")
    claim = row.cells[0].claim
    assert claim is not None
    assert (claim.number.text, claim.conditions) == ("0.7375", "± 0.0021")


def test_what_lies_within_the_printed_spreads_is_not_ordered() -> None:
    """0.806 ± 0.001 and 0.804 ± 0.004 share ranks, and one stands on the line for both; 0.823 ± 0.005 is apart."""
    results = (("A", "0.823", "± 0.005", "3"), ("B", "0.806", "± 0.001", "2"), ("C", "0.804", "± 0.004", "2"))
    scores = [replace(_claim(model, "ROC-AUC", value), conditions=spread) for model, value, spread, _ in results]
    board = _board(*scores, *(_claim(model, "parameters", size, "M") for model, *_, size in results))
    assert [(row.title, row.position) for row in board.rows] == [
        ("A", "1"),
        ("B", "2\N{EN DASH}3"),
        ("C", "2\N{EN DASH}3"),
    ]
    assert board_charts(board, "T")[0].best == ("B", "A")
    exact = _board(*(replace(claim, conditions=None) for claim in scores))
    assert [row.position for row in exact.rows] == ["1", "2", "3"]


def test_scores_never_stand_on_a_logarithmic_axis() -> None:
    """However far apart they are; sizes do."""
    claims = [_claim(model, "EM", value) for model, value in (("A", "1"), ("B", "80"))]
    claims += [_claim(model, "F1", value) for model, value in (("A", "2"), ("B", "90"))]
    claims += [_claim(model, "parameters", value, "M") for model, value in (("A", "2"), ("B", "90"))]
    charts = {chart.slug: chart.scatter for chart in board_charts(_board(*claims), "T")}
    assert "log scale" not in draw_scatter(charts["em-against-f1"]).markup
    assert "log scale" in draw_scatter(charts["em-against-parameters"]).markup
