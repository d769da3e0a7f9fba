"""The charts of a leaderboard: points, costs, lines of the best."""

from dataclasses import replace

from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.chart import board_charts, board_figure, brief_figure
from pwc_bench.site.charts.svg import standalone
from tests.board_archive import board_archive
from tests.example_archive import example_archive, example_records
from tests.factories import make_measurement, make_record
from tests.site.boards.boards import board_of, speed_record


def test_a_chart_explains_its_pale_discs() -> None:
    """Where there are any."""
    partial = make_record(status=Status.PARTIAL, weights=WeightsStatus.LOCAL)
    flagged, whole = (
        board_figure(board_charts(board_of(example_archive((make_record(dataset=None), record))), "x")[0])
        for record in (partial, make_record())
    )
    assert (flagged.flags, whole.flags) == ("partial, own weights", None)


def test_charts_show_every_pair_of_metrics_and_time(board: Board) -> None:
    """The first metric against GFLOPs comes first; all have a line of the best with names."""
    charts = {chart.slug: chart for chart in board_charts(board, "T")}
    assert list(charts)[:3] == ["top1-against-gflops", "over-time", "top1-against-top5"]
    assert len(charts) == 16
    assert [chart.slug for chart in charts.values() if chart.is_first_metric] == [
        "top1-against-gflops", "over-time", "top1-against-top5", "top1-against-parameters", "top1-against-throughput",
        "top1-against-nll",
    ]  # fmt: skip
    assert charts["over-time"].best == ("DeiT-B", "ConViT-B+")
    frontier = charts["top1-against-gflops"].best
    assert frontier[0] == "ConViT-Ti"
    assert "DeiT-Ti" not in frontier  # 1.3 GFLOPs as printed may be the 1.26 that were measured of ConViT-Ti
    assert frontier[-1] == "ConViT-S+"  # 82.5 % of 50,000 images cannot be told from 82.2 %, and costs more
    assert "DeiT-B+" not in frontier


def test_a_measurement_speaks_for_its_model_on_the_frontier(board: Board) -> None:
    """ConViT-Ti stands there as measured (1.26 GFLOPs), not as claimed (1); a partial ConViT-S stands as claimed."""
    scatter = board_charts(board, "T")[0].scatter
    standing = {scatter.points[place].model: scatter.points[place] for place in scatter.line}
    assert standing["ConViT-Ti"].is_measured
    assert not standing["ConViT-S"].is_measured
    places = [scatter.points[place].x for place in scatter.line]
    assert places == sorted(places)


def test_a_frontier_joins_numbers_of_one_setting_alone() -> None:
    """Claims on their hardware, each machine with each precision: the largest of these groups; its title says which."""
    accuracy = tuple(record for record in example_records() if record.dataset == "imagenet-1k")
    speeds = [("convit-ti", 9.0e5, "fp16"), ("convit-s", 3000.0, "bf16"), ("convit-b", 1300.0, "bf16")]
    records = tuple(speed_record(name, speed, "NVIDIA H200", precision) for name, speed, precision in speeds)
    mixed = example_archive((*accuracy, *records))
    chart = {chart.slug: chart for chart in board_charts(board_of(mixed), "T")}["top1-against-throughput"]
    joined = [chart.scatter.points[place] for place in chart.scatter.line]
    assert len(joined) > 2
    assert not any(point.is_measured for point in joined)
    assert chart.scatter.line_title == "Pareto frontier, Quadro GP100, batch 128"
    assert board_figure(chart).setting == "Quadro GP100, batch 128"
    unclaimed = replace(mixed, all_claims=())
    chart = {chart.slug: chart for chart in board_charts(board_of(unclaimed), "T")}["top1-against-throughput"]
    assert (chart.best, chart.setting) == (("ConViT-S",), "NVIDIA H200, bf16, batch 64")
    assert len(chart.scatter.points) == 2
    assert chart.scatter.description.endswith("Measured on NVIDIA H200, bf16, batch 64.")
    assert chart.scatter.settings == ("Measured on NVIDIA H200, bf16, batch 64",)
    assert ">Measured on NVIDIA H200, bf16, batch 64</text>" in standalone(board_figure(chart).drawing)
    counts = {chart.slug: chart for chart in board_charts(board_of(mixed), "T")}["top1-against-gflops"]
    assert (counts.scatter.line_title, board_figure(counts).setting) == ("Pareto frontier", None)
    nowhere = tuple(replace(claim, conditions=None) for claim in mixed.all_claims if claim.metric == "throughput")
    rest = tuple(claim for claim in mixed.all_claims if claim.metric == "top1")
    bare = replace(mixed, all_claims=(*rest, *nowhere), all_records=())
    chart = {chart.slug: chart for chart in board_charts(board_of(bare), "T")}["top1-against-throughput"]
    assert (len(chart.scatter.points), chart.best) == (12, ())


def test_a_measurement_without_an_interval_beats_nobody() -> None:
    """Of one round nobody knows how far rounds differ; its ring's rounding and its sample speak for each claim."""
    accuracy = tuple(record for record in example_records() if record.dataset == "imagenet-1k")
    whole, alone = (speed_record(name, 3000.0, "NVIDIA H200", "bf16") for name in ("convit-s", "convit-b"))
    alone = replace(alone, measurements={"throughput": make_measurement(9000.0, "images/s")})
    board = board_of(replace(example_archive((*accuracy, whole, alone)), all_claims=()))
    chart = {chart.slug: chart for chart in board_charts(board, "T")}["top1-against-throughput"]
    spreads = {point.model: point.spread[0] for point in chart.scatter.points}
    assert spreads["ConViT-B"] is None
    assert spreads["ConViT-S"] == (2970.0, 3030.0)
    assert chart.best == ("ConViT-S",)


def test_a_counted_cost_stands_beside_a_claimed_accuracy(board: Board) -> None:
    """Where nobody measured the accuracy, the GFLOPs were measured all the same; speeds of another machine are not."""
    charts = {chart.slug: chart for chart in board_charts(board, "T")}
    costs = charts["top1-against-gflops"].scatter.costs
    assert {cost.claim.model for cost in costs} == {"ConViT-Ti+", "ConViT-S+", "ConViT-B+"}
    assert all(not cost.claim.is_measured and cost.href.endswith("index.html") for cost in costs)
    assert costs[0].name == "ConViT-B+, GFLOPs measured: 30.77 GFLOPs; claimed: 82.5 % at 30 GFLOPs (Table 1)"
    assert not charts["top1-against-throughput"].scatter.costs
    figure = board_figure(charts["top1-against-gflops"])
    assert figure.costs == "GFLOPs measured"


def test_a_chart_of_many_points_leads_to_the_rows_of_its_table() -> None:
    """Each row names its model; a chart on a page of its own keeps whole names."""
    archive = board_archive(80, measured=3)
    board = board_of(archive)
    chart = board_charts(board, "T")[0]
    brief, whole = brief_figure(chart).drawing.markup, board_figure(chart).drawing.markup
    assert 'href="#m0" aria-labelledby="m0 chart-claim"' in brief
    assert "claimed:" not in brief
    assert whole.count("claimed:") > 80
    assert len(brief) < 0.6 * len(whole)
    assert not board_of(board_archive(101, measured=0)).is_labelled
    assert board.is_labelled
