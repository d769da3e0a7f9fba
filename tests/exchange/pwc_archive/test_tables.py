"""Evaluation tables in and out."""

import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim, in_shown_unit
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.exchange.formats import Tally
from pwc_bench.exchange.pwc_archive import Names, TableReader, write_pwc
from tests.example_archive import example_archive

PARAMETERS = example_archive().catalogue.metrics["parameters"]

_ROW = {
    "model_name": "SAGN",
    "paper_title": "Scalable Nets",
    "paper_url": "https://arxiv.org/abs/2104.09376",
    "paper_date": "2021-04-19",
    "metrics": {"Test Accuracy": "0.8428 ± 0.0014", "Number of params": "2.2M", "Rank": None},
    "uses_additional_data": True,
}


def table(*rows: dict[str, Any], dataset: str = "ogbn-products", task: str = "Node Property") -> list[dict[str, Any]]:
    """A dump of one board."""
    return [{"task": task, "datasets": [{"dataset": dataset, "sota": {"rows": list(rows)}}]}]


def read(dump: object, names: Names | None = None) -> tuple[list[Knowledge], Tally]:
    """What a dump says, and the tally."""
    reader = TableReader(names or Names())
    parts = list(reader.parts(io.StringIO(json.dumps(dump)), "x.json"))
    return parts, reader.tally


def claims_of(parts: list[Knowledge]) -> list[Claim]:
    """All claims, in order."""
    return [claim for part in parts for claim in part.claims]


def test_a_row_becomes_a_claim_for_each_number() -> None:
    """With the digits, unit and spread that are printed; an unknown metric keeps its name and has no direction."""
    (part,), tally = read(table(_ROW))
    accuracy, parameters = part.claims
    assert (accuracy.metric, accuracy.value, accuracy.unit, accuracy.conditions) == (
        "Test Accuracy",
        "0.8428",
        "",
        "± 0.0014",
    )
    assert (parameters.metric, parameters.value, parameters.unit) == ("parameters", "2.2", "M")
    assert (accuracy.paper, accuracy.source, accuracy.uses_additional_data) == (
        "scalable-nets",
        "PWC Archive, evaluation tables",
        True,
    )
    assert (part.tasks[0].slug, part.datasets[0].key, part.papers[0].date) == (
        "node-property",
        "ogbn-products",
        "2021-04-19",
    )
    assert (tally.claims, tally.tables, dict(tally.refused)) == (2, 1, {"empty, or a dash": 1})
    assert tally.examples["empty, or a dash"] == "'None' (Rank of SAGN)"


@pytest.mark.parametrize(
    ("name", "raw", "millions"),
    [
        ("#Params", "950K", "0.95"),
        ("# params", "950k", "0.95"),
        ("Params (M)", 25.6, "25.6"),
        ("Number of params (B)", "1.2", "1200"),
        ("Params (Million)", "1100", "1100"),
        ("Params (M)", "600K", "0.6"),
        ("Params (M)", "2098256", "2.098256"),
        ("Parameters", "1.2G", "1200"),
        ("PARAMS", 25_600_000, "25.6"),
        ("Params", "25.6", None),
        ("Params", "27", None),
    ],
)
def test_parameters_are_one_quantity_in_whatever_unit(name: str, raw: object, millions: str | None) -> None:
    """The unit behind the number counts, then the one that the name states; a count is whole and no small number."""
    parts, _ = read(table(_ROW | {"metrics": {name: raw}}))
    (claim,) = claims_of(parts)
    assert claim.metric == "parameters"
    assert in_shown_unit(claim, PARAMETERS) == (None if millions is None else Decimal(millions))


def test_additional_data_is_yes_no_or_not_stated_and_tells_rows_apart() -> None:
    """Also where the values are equal; a row that stands twice is still one."""
    rows = [_ROW | {"metrics": {"Score": "80"}, "uses_additional_data": flag} for flag in (True, False, None, "no")]
    silent = {name: value for name, value in rows[0].items() if name != "uses_additional_data"}
    parts, tally = read(table(*rows, silent))
    assert [claim.uses_additional_data for claim in claims_of(parts)] == [True, False, None]
    assert dict(tally.refused) == {"a row that stands twice": 2}
    assert all(claim.conditions is None for claim in claims_of(parts))


def test_what_we_know_keeps_our_keys() -> None:
    """ImageNet is imagenet-1k, a paper is known by its arXiv number, its models by their titles; no unit is guessed."""
    row = {
        "model_name": "ConViT-S",
        "paper_title": "ConViT",
        "paper_url": "https://arxiv.org/abs/2103.10697v2",
        "metrics": {"Top 1 Accuracy": "81.3%", "Top 5 Accuracy": "0.957", "GFLOPs": 5.40},
    }
    stranger = row | {"paper_url": "https://arxiv.org/abs/1111.11111", "paper_title": "Another"}
    dump = table(row, stranger, dataset="ImageNet", task="Image Classification")
    (part,), _ = read(dump, Names.of(example_archive()))
    top1, top5, gflops, other, *_ = part.claims
    assert (top1.paper, top1.variant, top1.dataset, top1.task) == (
        "convit",
        "convit-s",
        "imagenet-1k",
        "image-classification",
    )
    assert [(c.metric, c.value, c.unit) for c in (top1, top5, gflops)] == [
        ("top1", "81.3", "%"),
        ("top5", "0.957", ""),
        ("gflops", "5.4", "GFLOPs"),
    ]
    assert (other.paper, other.variant) == ("another", None)
    assert [(paper.slug, paper.date) for paper in part.papers] == [("convit", "2021-03"), ("another", "2011-11")]


def test_nested_tasks_and_data_sets_are_read() -> None:
    """Subtasks have their own slugs, sub-data sets their own tables, in the order of the file."""
    inner = {"subdataset": "inner", "sota": {"rows": [_ROW]}}
    dump = [
        {
            "task": "Outer",
            "subtasks": [{"task": "First", "datasets": [{"dataset": "d", "subdatasets": [inner]}]}, {"task": "Second"}],
        }
    ]
    (part,), tally = read(dump)
    assert [task.title for task in part.tasks] == ["Outer", "First", "Second"]
    assert {(claim.task, claim.dataset) for claim in part.claims} == {("first", "inner")}
    assert (tally.tasks, tally.tables) == (3, 1)


def test_a_second_value_is_told_apart_by_its_date_or_refused() -> None:
    """The same row again is counted; another value for the same thing needs another date."""
    again = _ROW | {"metrics": {"Test Accuracy": "0.8428 ± 0.0014"}}
    other = _ROW | {"metrics": {"Test Accuracy": "0.9 ± 0.0014"}, "paper_date": None}
    later = other | {"paper_date": "2022-01-01"}
    parts, tally = read(table(_ROW, again, other, later))
    assert [claim.conditions for claim in claims_of(parts)] == ["± 0.0014", None, "± 0.0014, dated 2022-01-01"]
    assert tally.refused["a row that stands twice"] == 1
    assert tally.refused["a second value for the same thing"] == 1


def test_broken_rows_are_counted_and_never_stop_the_file() -> None:
    """No name, no list, no object: the rest is read. Texts lose what could steer a terminal."""
    dump = [
        {"task": None},
        {"task": "T", "datasets": None},
        {"task": "T", "datasets": [{"sota": {}}, {"dataset": "d", "sota": {"rows": ["x", {"metrics": {"m": 1}}]}}]},
        *table(_ROW | {"model_name": "evil\x1b[31m\n name", "paper_url": "javascript:alert(1)", "paper_date": "soon"}),
        *table(_ROW | {"metrics": {"": "5"}}, _ROW | {"metrics": [1]}),
    ]
    parts, tally = read(dump)
    assert {claim.model for claim in claims_of(parts)} == {"evil[31m name"}
    assert {claim.source_url for claim in claims_of(parts)} == {None}
    assert tally.refused == {
        "a task without a name": 1,
        "a table without a data set's name": 1,
        "a row without a model's name": 1,
        "a metric without a name": 1,
        "empty, or a dash": 1,
    }


def exported(archive: MemoryArchive) -> list[Any]:
    """What is written of an archive."""
    stream = io.StringIO()
    write_pwc(archive, archive.records(), stream)
    found = json.loads(stream.getvalue())
    assert isinstance(found, list)
    return found


def test_our_own_export_comes_back_as_the_same_claims() -> None:
    """Every claim of the package, with its source, unit, conditions and digits; no measured value among them."""
    archive = example_archive()
    parts, tally = read(exported(archive), Names.of(archive))
    assert set(claims_of(parts)) == set(archive.all_claims)
    assert len(claims_of(parts)) == len(archive.all_claims)
    assert not tally.refused
    assert tally.measured > 0


def test_measurements_stand_in_marked_tables_of_their_own() -> None:
    """A row for each record on a data set; cost and speed are of no board."""
    (task,) = exported(example_archive())
    tables = {entry["dataset"]: entry for entry in task["datasets"]}
    measured = tables["ImageNet (measured by pwc-bench)"]
    assert measured["pwc_bench"] == {"key": "imagenet-1k", "measured": True}
    row = measured["sota"]["rows"][0]
    assert row["metrics"]["Top 1 Accuracy"] == 73.12 or row["pwc_bench"]["variant"] != "convit-ti"
    assert set(row["pwc_bench"]) == {"record", "variant", "status", "weights", "started"}
    claimed = tables["ImageNet"]["sota"]["rows"]
    convit_s = next(r for r in claimed if r["model_name"] == "ConViT-S" and r["pwc_bench"]["source"] == "Table 1")
    assert convit_s["metrics"]["GFLOPs"] == "5.4"
    assert convit_s["metrics"]["Top 1 Accuracy"] == "81.3%"
    assert convit_s["paper_url"] == "https://arxiv.org/abs/2103.10697"


def test_an_empty_archive_is_an_empty_array() -> None:
    """Which can be read again."""
    archive = MemoryArchive(example_archive().catalogue)
    assert exported(archive) == []
    assert read([])[0] == []


def test_a_leaderboard_cannot_take_the_address_of_another() -> None:
    """Task "A on B" with data set C reads like task A with data set "B on C"; what is known keeps its place."""
    first, second = table(_ROW, task="A on B", dataset="C"), table(_ROW, task="A", dataset="B on C")
    parts, tally = read([*first, *second])
    assert {claim.task for claim in claims_of(parts)} == {"a-on-b"}
    assert tally.refused["a leaderboard with the address of another"] == 1
    known = replace(example_archive(), all_claims=tuple(claims_of(read(second)[0])))
    assert claims_of(read(first, Names.of(known))[0]) == []
    assert len(claims_of(read(second, Names.of(known))[0])) == len(known.all_claims)
