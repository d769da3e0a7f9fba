"""Leaderboards: rows, order, columns, files."""

import csv
import io
import json
from dataclasses import replace

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.views.board import Board, make_board
from pwc_bench.views.board_chart import board_scatter
from pwc_bench.views.board_figure import board_figure
from pwc_bench.views.board_files import board_csv, board_json
from pwc_bench.views.board_keys import BoardKey, board_keys, board_title
from pwc_bench.views.board_rows import BoardRow, short_title
from pwc_bench.views.current import current_records
from pwc_bench.views.numbers import EN_DASH
from pwc_bench.views.record_naming import Names
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
    scatter = board_scatter(board, "T")
    assert scatter is not None
    assert not any(point.is_measured for point in scatter.points)


def test_a_board_of_unknown_metrics_has_no_columns() -> None:
    """And no chart; it still has its row."""
    archive = MemoryArchive(example_archive().catalogue, all_claims=(make_claim(metric="beauty"),))
    board = board_of(archive)
    assert (board.columns, len(board.rows), board_figure(board, "T"), board.order) == ((), 1, None, "")


def test_a_claim_that_is_no_number_ranks_last_and_draws_nothing() -> None:
    """A submission cannot break the board."""
    claims = (make_claim(metric="top1", value="many", unit="%"), make_claim("ConViT-B", "top1", "82.4", "%"))
    board = board_of(MemoryArchive(example_archive().catalogue, all_claims=claims))
    assert [row.title for row in board.rows] == ["ConViT-B", "ConViT-S"]
    assert board_scatter(board, "T") is None


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
    flagged = board_figure(board_of(example_archive((make_record(dataset=None), partial))), "x")
    whole = board_figure(board_of(example_archive((make_record(dataset=None), make_record()))), "x")
    assert flagged is not None
    assert whole is not None
    assert (flagged.flags, whole.flags) == ("partial, own weights", None)
