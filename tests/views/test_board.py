"""Leaderboards: rows, order, columns, files."""

import csv
import io
import json
from dataclasses import replace

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import Repository
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.views.board import Board, make_board
from pwc_bench.views.board_chart import board_charts
from pwc_bench.views.board_figure import board_figure, brief_figure
from pwc_bench.views.board_files import board_csv, board_json
from pwc_bench.views.board_keys import BoardKey, board_keys, board_title
from pwc_bench.views.board_rows import BoardRow, short_title
from pwc_bench.views.board_summary import summarise_boards
from pwc_bench.views.current import current_records
from pwc_bench.views.numbers import EN_DASH
from pwc_bench.views.record_naming import Names
from tests.board_archive import board_archive
from tests.example_archive import example_archive, example_records
from tests.factories import make_claim, make_measurement, make_record

IMAGENET = BoardKey("image-classification", "imagenet-1k")
DEMO = BoardKey("image-classification", "demo")


def board_of(archive: MemoryArchive, key: BoardKey = IMAGENET) -> Board:
    """The board as its own page shows it."""
    papers = {paper.slug: paper for paper in archive.papers()}
    return make_board(archive, key, Names.of(archive), papers, key.path)


def row_of(board: Board, title: str) -> BoardRow:
    """The row of one model."""
    return next(row for row in board.rows if row.title == title)


@pytest.fixture(scope="module")
def board() -> Board:
    """The example's ImageNet board."""
    return board_of(example_archive())


def test_boards_are_found_in_claims_and_records() -> None:
    """The one with most claims first, the demo last, all with titles."""
    archive = example_archive()
    keys = board_keys(archive)
    assert (keys[0], keys[-1]) == (IMAGENET, DEMO)
    assert board_title(archive, IMAGENET, Names.of(archive)) == "Image Classification on ImageNet"
    assert IMAGENET.path == "sota/image-classification-on-imagenet/index.html"


def test_the_board_holds_the_papers_twelve_variants(board: Board) -> None:
    """Each with claim and measurement of the five metrics."""
    assert len(board.rows) == 12
    assert [column.metric for column in board.columns] == ["top1", "top5", "gflops", "parameters", "throughput"]
    row = row_of(board, "ConViT-S")
    shown = [(c.claim and c.claim.number.text, c.measured and c.measured.number.text) for c in row.cells]
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
    column = board.columns[-1]
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
    assert len(charts) == 11
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


def test_the_files_hold_what_the_page_shows(board: Board) -> None:
    """One line for each model and metric; what is missing is empty, never zero."""
    lines = list(csv.DictReader(io.StringIO(board_csv(board))))
    data = json.loads(board_json(board, "Title", IMAGENET.path))
    assert len(lines) == len(data["results"])
    found = next(line for line in data["results"] if line["variant"] == "convit-ti" and line["metric"] == "top1")
    assert (found["claim"], found["measured"], found["status"], found["verdict"]) == (
        "73.1",
        73.12,
        "complete",
        "reproduced",
    )
    assert (found["measured_low"], found["measured_high"]) == (72.78, 73.46)
    missing = next(line for line in lines if line["variant"] == "convit-s-plus" and line["metric"] == "top1")
    assert (missing["claim"], missing["measured"], missing["record"]) == ("82.2", "", "")


def test_a_result_without_a_paper_has_the_year_of_its_evaluation() -> None:
    """So has one that was made with an older paper's model."""
    claim = replace(make_claim("Net", "top1", "80", "%"), variant=None, paper="nobody", evaluated_on="2020-05-06")
    archive = MemoryArchive(example_archive().catalogue, all_claims=(claim,))
    (row,) = board_of(archive).rows
    assert (row.year, row.published) == ("2020", "2020-05-06")


def test_no_spreadsheet_takes_a_models_name_for_a_formula() -> None:
    """A quote stands before it in the table of values; JSON, which nobody computes, keeps it."""
    claims = (make_claim("=HYPERLINK(1)", "top1", "-0.5", "%"), make_claim("ConViT-S", "top1", "81.3", "%"))
    archive = MemoryArchive(example_archive().catalogue, all_claims=tuple(replace(c, variant=None) for c in claims))
    found = list(csv.DictReader(io.StringIO(board_csv(board_of(archive)))))
    assert [(line["model"], line["claim"]) for line in found] == [("ConViT-S", "81.3"), ("'=HYPERLINK(1)", "-0.5")]
    assert '"=HYPERLINK(1)"' in board_json(board_of(archive), "T", "p")


def test_the_newest_complete_record_speaks() -> None:
    """A newer partial one does not replace it, a newer complete one does; failures are kept apart."""

    def record(day: int, value: float, status: Status) -> Record:
        return make_record(
            measurements={"top1": make_measurement(value, "%")}, started=f"2026-01-0{day}T00:00:00Z", status=status
        )

    records = (record(1, 81.0, Status.COMPLETE), record(2, 81.1, Status.COMPLETE), record(3, 81.2, Status.PARTIAL))
    failed = make_record(status=Status.FAILED, reason="no", measurements={}, started="2026-01-04T00:00:00Z")
    archive = replace(example_archive(), all_records=(*records, failed))
    current = current_records(archive, "imagenet-1k")
    assert current.record("convit-s", "top1") == records[1]
    assert current.record(None, "top1") is None
    assert current.failure("convit-s", archive.catalogue.metrics["top1"]) == failed
    assert current.failure(None, archive.catalogue.metrics["top1"]) is None


def test_a_papers_short_name_stands_before_its_colon() -> None:
    """Where there is one; long heads stay whole."""
    paper = example_archive().all_papers[0]
    assert short_title(replace(paper, title="ConViT: Improving")) == "ConViT"
    assert short_title(replace(paper, title="A title without one")) == "A title without one"


def test_records_behind_a_row_are_told_apart() -> None:
    """Two of cost are named by what they speak for."""
    older = make_record(dataset=None)
    newer = make_record(
        dataset=None, started="2026-02-01T00:00:00Z", measurements={"parameters": older.measurements["parameters"]}
    )
    row = row_of(board_of(example_archive((newer, older, make_record()))), "ConViT-S")
    assert [item.text for item in row.evidence] == ["accuracy", "GFLOPs, Throughput", "Parameters"]


def test_speeds_at_different_batches_each_say_theirs() -> None:
    """On the page and in the files; where all share it, the head says it once."""
    fast = make_record("convit-b", None)
    fast = replace(fast, environment=replace(fast.environment, batch_size=256))
    board = board_of(example_archive((make_record(dataset=None), fast)))
    assert board.columns[-1].measured_conditions is None
    settings = {row.title: row.cells[-1].measured for row in board.rows}
    shown = {title: cell.setting for title, cell in settings.items() if cell}
    assert shown == {"ConViT-S": "NVIDIA H200, fp32, batch 64", "ConViT-B": "NVIDIA H200, fp32, batch 256"}
    lines = csv.DictReader(io.StringIO(board_csv(board)))
    sizes = {(line["model"], line["metric"]): line["batch_size"] for line in lines if line["measured"]}
    assert (sizes["ConViT-B", "throughput"], sizes["ConViT-B", "gflops"]) == ("256", "")


def test_a_chart_explains_its_pale_discs() -> None:
    """Where there are any."""
    partial = make_record(status=Status.PARTIAL, weights=WeightsStatus.LOCAL)
    flagged, whole = (
        board_figure(board_charts(board_of(example_archive((make_record(dataset=None), record))), "x")[0])
        for record in (partial, make_record())
    )
    assert (flagged.flags, whole.flags) == ("partial, own weights", None)


def test_a_row_says_how_well_its_first_number_is_founded(board: Board) -> None:
    """From a reproduced claim down to a claim without code."""
    levels = {row.title: row.level.text for row in board.rows}
    assert [levels[title] for title in ("ConViT-B", "ConViT-S", "ConViT-S+", "DeiT-B")] == [
        "reproduced", "partly measured", "cost measured", "claim, code",
    ]  # fmt: skip
    bare = replace(make_claim("X", "top1", "80.0", "%"), paper="unknown", variant=None)
    alone = board_of(MemoryArchive(example_archive().catalogue, all_claims=(bare,)))
    assert [row.level.text for row in alone.rows] == ["claim"]
    below = make_record(measurements={"top1": make_measurement(70.0, "%", half_width=0.3)})
    assert row_of(board_of(example_archive((below,))), "ConViT-S").level.text == "measured"
    grades = {row.level.text: int(row.level.grade) for row in board.rows}
    assert grades["reproduced"] > grades["partly measured"] > grades["cost measured"] > grades["claim, code"]


def test_rows_can_be_filtered_by_what_they_are(board: Board) -> None:
    """Family, size, precision and hardware as words that a filter looks for; a list with one choice is none."""
    assert row_of(board, "ConViT-B").tokens == "measured-1 family-convit size-50-100 code-1 year-2021"
    assert row_of(board, "ConViT-B+").tokens == "family-convit size-100- code-1 year-2021"
    assert (row_of(board, "ConViT-B").machines, row_of(board, "DeiT-Ti").machines) == ("nvidia-h200+fp32", "")
    found = {choice.name: [entry.text for entry in choice.choices] for choice in board.filters}
    assert found == {
        "family": ["ConViT", "DeiT"],
        "size": ["up to 10 M", "10 to 50 M", "50 to 100 M", "above 100 M"],
    }
    slow = make_record("deit-b", None, device="Intel(R) Xeon(R)", started="2026-03-01T00:00:00Z")
    mixed = board_of(example_archive((make_record(dataset=None), slow)))
    assert [choice.name for choice in mixed.filters] == ["family", "size", "hardware"]


def test_a_row_holds_what_was_measured_on_every_machine() -> None:
    """The newest speaks; the others stand ready, each with its setting; exact counts are the same on all of them."""
    newest = _speed("convit-s", 3000.0, "NVIDIA H200", "bf16")
    others = (_speed("convit-s", 1000.0, "NVIDIA A100", "fp16"), _speed("convit-s", 900.0, "NVIDIA A100", "fp16"))
    tf32 = _speed("convit-s", 2000.0, "NVIDIA H200", "fp3")
    tf32 = replace(tf32, environment=replace(tf32.environment, precision="fp32", tf32=True))
    newest = replace(newest, started="2026-03-01T00:00:00Z")
    counts = make_record(dataset=None, device="CPU")
    board = board_of(example_archive((newest, others[0], replace(others[1], started="2026-01-05"), tf32, counts)))
    row = row_of(board, "ConViT-S")
    speed = row.cells[-1].measured
    assert speed is not None
    assert (speed.number.text, speed.setting) == ("3,000", "NVIDIA H200, bf16, batch 64")
    found = [(cell.measured.number.text, cell.measured.setting) for cell in row.elsewhere[-1] if cell.measured]
    assert sorted(found) == [
        ("1,000", "NVIDIA A100, fp16, batch 64"),
        ("2,000", "NVIDIA H200, fp32 with TF32, batch 64"),
        ("3,000", "CPU, fp32, batch 64"),
    ]
    assert set(row.machines.split()) == {
        "nvidia-h200+bf16", "nvidia-a100+fp16", "nvidia-h200+fp32-with-tf32", "cpu+fp32",
    }  # fmt: skip
    assert [column.metric for column in board.columns if column.measurements_differ] == ["throughput"]
    assert not any(row.elsewhere[place] for place in range(4))
    assert board.columns[-1].measured_conditions is None
    assert not board.columns[-1].claims_differ
    assert board.has_machines
    unnamed = tuple(replace(claim, conditions=None) for claim in example_archive().all_claims)
    assert board_of(replace(example_archive(()), all_claims=unnamed)).columns[-1].claims_differ


def test_a_row_names_its_code_and_its_training_data() -> None:
    """The authors' code first; an address that is none of the web's is left out; silence of a claim is a "no"."""
    board = board_of(example_archive())
    row = row_of(board, "ConViT-S")
    assert row.code is not None
    assert (row.code.text, row.code.href) == ("official", "https://github.com/facebookresearch/convit")
    assert (row.extra_data, row.year, row.published) == ("no", "2021", "2021-03-19")
    assert row_of(board, "DeiT-S").published == "2020-12-23"
    more = replace(make_claim(metric="top1", value="90.0", unit="%"), uses_additional_data=True)
    archive = example_archive(())
    paper = replace(archive.all_papers[0], slug="convit", repositories=(Repository("javascript:alert(1)"),))
    known = board_of(replace(archive, all_papers=(paper,), all_claims=(more,)))
    assert [(row.extra_data, row.code) for row in known.rows] == [("yes", None)]
    unknown = board_of(replace(archive, all_claims=(), all_records=(make_record("timm:x"),)))
    assert [(row.extra_data, row.code, row.published) for row in unknown.rows] == [("", None, "")]


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


def test_charts_show_every_pair_of_metrics_and_time(board: Board) -> None:
    """The first metric against GFLOPs comes first; all have a line of the best with names."""
    charts = {chart.slug: chart for chart in board_charts(board, "T")}
    assert list(charts)[:3] == ["top1-against-gflops", "over-time", "top1-against-top5"]
    assert len(charts) == 11
    assert [chart.slug for chart in charts.values() if chart.is_first_metric] == [
        "top1-against-gflops", "over-time", "top1-against-top5", "top1-against-parameters", "top1-against-throughput",
    ]  # fmt: skip
    assert charts["over-time"].best == ("DeiT-B", "ConViT-B+")
    frontier = charts["top1-against-gflops"].best
    assert frontier[0] == "DeiT-Ti"
    assert frontier[-1] == "ConViT-B+"
    assert "DeiT-B+" not in frontier


def test_a_measurement_speaks_for_its_model_on_the_frontier(board: Board) -> None:
    """ConViT-Ti stands there as measured (1.26 GFLOPs), not as claimed (1); a partial ConViT-S stands as claimed."""
    scatter = board_charts(board, "T")[0].scatter
    standing = {scatter.points[place].model: scatter.points[place] for place in scatter.line}
    assert standing["ConViT-Ti"].is_measured
    assert not standing["ConViT-S"].is_measured
    places = [scatter.points[place].x for place in scatter.line]
    assert places == sorted(places)


def _speed(variant: str, speed: float, device: str, precision: str) -> Record:
    record = make_record(
        variant,
        None,
        device=device,
        started=f"2026-02-0{len(precision)}T00:00:00Z",
        measurements={"throughput": make_measurement(speed, "images/s")},
    )
    return replace(record, environment=replace(record.environment, precision=precision))


def test_a_frontier_joins_numbers_of_one_setting_alone() -> None:
    """Claims on their hardware, each machine with each precision: the largest of these groups; its title says which."""
    accuracy = tuple(record for record in example_records() if record.dataset == "imagenet-1k")
    speeds = [("convit-ti", 9.0e5, "fp16"), ("convit-s", 3000.0, "bf16"), ("convit-b", 1300.0, "bf16")]
    records = tuple(_speed(name, speed, "NVIDIA H200", precision) for name, speed, precision in speeds)
    mixed = example_archive((*accuracy, *records))
    chart = {chart.slug: chart for chart in board_charts(board_of(mixed), "T")}["top1-against-throughput"]
    joined = [chart.scatter.points[place] for place in chart.scatter.line]
    assert len(joined) > 2
    assert not any(point.is_measured for point in joined)
    assert chart.scatter.line_title == "Pareto frontier, Quadro GP100, batch 128"
    assert board_figure(chart).setting == "Quadro GP100, batch 128"
    unclaimed = replace(mixed, all_claims=())
    chart = {chart.slug: chart for chart in board_charts(board_of(unclaimed), "T")}["top1-against-throughput"]
    assert (chart.best, chart.setting) == (("ConViT-B", "ConViT-S"), "NVIDIA H200, bf16")
    assert len(chart.scatter.points) == 3
    counts = {chart.slug: chart for chart in board_charts(board_of(mixed), "T")}["top1-against-gflops"]
    assert (counts.scatter.line_title, board_figure(counts).setting) == ("Pareto frontier", None)
    nowhere = tuple(replace(claim, conditions=None) for claim in mixed.all_claims if claim.metric == "throughput")
    rest = tuple(claim for claim in mixed.all_claims if claim.metric == "top1")
    bare = replace(mixed, all_claims=(*rest, *nowhere), all_records=())
    chart = {chart.slug: chart for chart in board_charts(board_of(bare), "T")}["top1-against-throughput"]
    assert (len(chart.scatter.points), chart.best) == (12, ())


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
