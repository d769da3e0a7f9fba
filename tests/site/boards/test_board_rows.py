"""A row of a leaderboard: its evidence, its machines, what it can be filtered by, its paper and code."""

import csv
import io
from dataclasses import replace

from pwc_bench.claims.current import current_records
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import Repository
from pwc_bench.core.record import Record, Status
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.files import board_csv
from pwc_bench.site.boards.rows import short_title
from tests.example_archive import example_archive
from tests.factories import make_claim, make_measurement, make_record
from tests.site.boards.boards import board_of, row_of, speed_record


def test_records_behind_a_row_are_told_apart() -> None:
    """Two of cost are named by what they speak for."""
    older = make_record(dataset=None)
    newer = make_record(
        dataset=None, started="2026-02-01T00:00:00Z", measurements={"parameters": older.measurements["parameters"]}
    )
    row = row_of(board_of(example_archive((newer, older, make_record()))), "ConViT-S")
    assert [item.text for item in row.evidence] == ["accuracy", "GFLOPs, Throughput", "Parameters"]


def test_a_speed_claim_is_judged_on_the_claimed_kind_of_device() -> None:
    """The board shows the usual setting's number, and says and links which other one the claim was set against."""
    slow = [speed_record(name, 12.0, "AMD EPYC", "fp32") for name in ("convit-s", "convit-b", "deit-s")]
    fast = make_record(dataset=None, device="Quadro GP100", measurements={"throughput": make_measurement(305, "")})
    fast = replace(fast, environment=replace(fast.environment, batch_size=128, device_type="cuda"))
    claims = (replace(make_claim(metric="throughput", value="305", unit="images/s"), conditions="Quadro GP100"),)
    board = board_of(replace(example_archive((*slow, fast)), all_claims=claims))
    place = [column.metric for column in board.columns].index("throughput")
    row = row_of(board, "ConViT-S")
    cell, (other,) = row.cells[place], row.elsewhere[place]
    assert cell.measured is not None
    assert (cell.measured.record_id, cell.difference) == (slow[0].id, None)
    assert cell.verdict is not None
    assert (cell.verdict.state, cell.verdict.judged_record) == ("reproduced", fast.id)
    assert cell.verdict.text == "reproduced; judged by what was measured on Quadro GP100, fp32, batch 128"
    assert other.verdict is not None
    assert (other.difference, other.verdict.judged) == ("±0", None)
    unnamed = (replace(claims[0], conditions=None),)
    row = row_of(board_of(replace(example_archive((*slow, fast)), all_claims=unnamed)), "ConViT-S")
    assert [cell.verdict and cell.verdict.judged for cell in (row.cells[place], *row.elsewhere[place])] == [None, None]


def test_speeds_at_different_batches_each_say_theirs() -> None:
    """On the page and in the files: the head says the one in which speeds are compared, any other stands beside it."""
    fast = make_record("convit-b", None)
    fast = replace(fast, environment=replace(fast.environment, batch_size=256))
    board = board_of(example_archive((make_record(dataset=None), fast)))
    place = [column.metric for column in board.columns].index("throughput")
    assert board.columns[place].measured_conditions == "NVIDIA H200, fp32, batch 64"
    assert {row.title: cell.is_usual for row in board.rows if (cell := row.cells[place].measured)} == {
        "ConViT-S": True,
        "ConViT-B": False,
    }
    settings = {row.title: row.cells[place].measured for row in board.rows}
    shown = {title: cell.setting for title, cell in settings.items() if cell}
    assert shown == {"ConViT-S": "NVIDIA H200, fp32, batch 64", "ConViT-B": "NVIDIA H200, fp32, batch 256"}
    lines = csv.DictReader(io.StringIO(board_csv(board)))
    sizes = {(line["model"], line["metric"]): line["batch_size"] for line in lines if line["measured"]}
    assert (sizes["ConViT-B", "throughput"], sizes["ConViT-B", "gflops"]) == ("256", "")


def test_a_row_says_how_well_its_first_number_is_founded(board: Board) -> None:
    """From a reproduced claim down to a claim without code; 82.31 is 45 images off ConViT-B's 82.4."""
    levels = {row.title: row.level.text for row in board.rows}
    assert [levels[title] for title in ("ConViT-B", "ConViT-S", "ConViT-S+", "DeiT-B")] == [
        "measured", "partly measured", "cost measured", "claim, code",
    ]  # fmt: skip
    bare = replace(make_claim("X", "top1", "80.0", "%"), paper="unknown", variant=None)
    alone = board_of(MemoryArchive(example_archive().catalogue, all_claims=(bare,)))
    assert [row.level.text for row in alone.rows] == ["claim"]
    agreeing = make_record(measurements={"top1": make_measurement(81.3, "%", half_width=0.3)})
    assert row_of(board_of(example_archive((agreeing,))), "ConViT-S").level.text == "reproduced"
    below = make_record(measurements={"top1": make_measurement(70.0, "%", half_width=0.3)})
    assert row_of(board_of(example_archive((below,))), "ConViT-S").level.text == "measured"
    grades = {row.level.text: int(row.level.grade) for row in board.rows}
    assert grades["reproduced"] > grades["partly measured"] > grades["cost measured"] > grades["claim, code"]


def test_rows_can_be_filtered_by_what_they_are(board: Board) -> None:
    """Family, size, precision and hardware as words that a filter looks for; a list with one choice is none."""
    assert row_of(board, "ConViT-B").tokens == "measured-1 family-convit size-50-100 code-1 year-2021"
    assert row_of(board, "ConViT-B+").tokens == "family-convit size-100- code-1 year-2021"
    assert (row_of(board, "ConViT-B").machines, row_of(board, "DeiT-Ti").machines) == ("nvidia-h200+fp32+reference", "")
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
    newest = speed_record("convit-s", 3000.0, "NVIDIA H200", "bf16")
    others = (
        speed_record("convit-s", 1000.0, "NVIDIA A100", "fp16"),
        speed_record("convit-s", 900.0, "NVIDIA A100", "fp16"),
    )
    tf32 = speed_record("convit-s", 2000.0, "NVIDIA H200", "fp3")
    tf32 = replace(tf32, environment=replace(tf32.environment, precision="fp32", tf32=True))
    newest = replace(newest, started="2026-03-01T00:00:00Z")
    counts = make_record(dataset=None, device="CPU")
    board = board_of(example_archive((newest, others[0], replace(others[1], started="2026-01-05"), tf32, counts)))
    row = row_of(board, "ConViT-S")
    place = [column.metric for column in board.columns].index("throughput")
    speed = row.cells[place].measured
    assert speed is not None
    assert (speed.number.text, speed.setting) == ("3,000", "NVIDIA H200, bf16, batch 64")
    found = [(cell.measured.number.text, cell.measured.setting) for cell in row.elsewhere[place] if cell.measured]
    assert sorted(found) == [
        ("1,000", "NVIDIA A100, fp16, batch 64"),
        ("2,000", "NVIDIA H200, fp32 with TF32, batch 64"),
        ("3,000", "CPU, fp32, batch 64"),
    ]
    assert set(row.machines.split()) == {
        "nvidia-h200+bf16+reference", "nvidia-a100+fp16+reference", "nvidia-h200+fp32-with-tf32+reference",
        "cpu+fp32+reference",
    }  # fmt: skip
    assert not any(row.elsewhere[other] for other in range(4))
    assert board.columns[place].measured_conditions == "NVIDIA H200, bf16, batch 64"
    assert not board.columns[place].claims_differ
    assert board.machines[0] == "nvidia-h200+bf16+reference"
    assert set(board.machines) == set(row.machines.split())
    unnamed = tuple(replace(claim, conditions=None) for claim in example_archive().all_claims)
    assert board_of(replace(example_archive(()), all_claims=unnamed)).columns[place].claims_differ


def test_a_row_names_its_code_and_its_training_data() -> None:
    """The authors' code first; an address that is none of the web's is left out; silence of a claim is no "no"."""
    board = board_of(example_archive())
    row = row_of(board, "ConViT-S")
    assert row.code is not None
    assert (row.code.text, row.code.href) == ("official", "https://github.com/facebookresearch/convit")
    assert (row.extra_data, row.year, row.published) == ("no", "2021", "2021-03-19")
    silent = tuple(replace(claim, uses_additional_data=None) for claim in example_archive().all_claims)
    assert row_of(board_of(replace(example_archive(), all_claims=silent)), "ConViT-S").extra_data == "not stated"
    assert row_of(board, "DeiT-S").published == "2020-12-23"
    more = replace(make_claim(metric="top1", value="90.0", unit="%"), uses_additional_data=True)
    archive = example_archive(())
    paper = replace(archive.all_papers[0], slug="convit", repositories=(Repository("javascript:alert(1)"),))
    known = board_of(replace(archive, all_papers=(paper,), all_claims=(more,)))
    assert [(row.extra_data, row.code) for row in known.rows] == [("yes", None)]
    unknown = board_of(replace(archive, all_claims=(), all_records=(make_record("timm:x"),)))
    assert [(row.extra_data, row.code, row.published) for row in unknown.rows] == [("", None, "")]


def test_a_result_without_a_paper_has_the_year_of_its_evaluation() -> None:
    """So has one that was made with an older paper's model."""
    claim = replace(make_claim("Net", "top1", "80", "%"), variant=None, paper="nobody", evaluated_on="2020-05-06")
    archive = MemoryArchive(example_archive().catalogue, all_claims=(claim,))
    (row,) = board_of(archive).rows
    assert (row.year, row.published) == ("2020", "2020-05-06")


def test_a_papers_short_name_stands_before_its_colon() -> None:
    """Where there is one; long heads stay whole."""
    paper = example_archive().all_papers[0]
    assert short_title(replace(paper, title="ConViT: Improving")) == "ConViT"
    assert short_title(replace(paper, title="A title without one")) == "A title without one"


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
