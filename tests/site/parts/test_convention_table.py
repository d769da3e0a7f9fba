"""Which convention prints which claims."""

from dataclasses import replace

from pwc_bench.claims.answers import Answers
from pwc_bench.core.claim import Claim
from pwc_bench.core.record import Record
from pwc_bench.exchange.knowledge import load_knowledge
from pwc_bench.site.parts.convention_table import ConventionTable, convention_tables
from tests.example_archive import METRICS, example_archive

PATH = "paper/convit/index.html"


def tables_of(claims: list[Claim]) -> list[ConventionTable]:
    """The tables over the example's measurements, which are the paper's six models."""
    return list(convention_tables(claims, METRICS, Answers(example_archive()).record, PATH))


def table_1(metric: str) -> list[Claim]:
    """What the paper's Table 1 says of its own models."""
    known = load_knowledge().claims
    return [c for c in known if (c.paper, c.source, c.metric) == ("convit", "Table 1", metric)]


def test_no_one_convention_prints_all_six_gflops() -> None:
    """Without the attention products five of six; S+ is printed by the total alone. Nothing of this is written down."""
    (table,) = tables_of(table_1("gflops"))
    assert table.title == "GFLOPs in Table 1"
    assert table.heads == ("Total", "Without the attention products", "Doubled (two for each multiply-add)")
    assert table.tallies == ("3 of 6", "5 of 6", "0 of 6")
    printed = {line.model: [cell.prints for cell in line.cells] for line in table.lines}
    assert printed["ConViT-S+"] == [True, False, False]
    assert printed["ConViT-S"] == [False, True, False]
    assert table.summary == (
        "No one convention prints all 6 claims: total 3, without the attention products 5, "
        "doubled (two for each multiply-add) 0."
    )


def test_one_convention_prints_all_parameters() -> None:
    """The paper leaves the classifier's head out."""
    (table,) = tables_of(table_1("parameters"))
    assert table.tallies == ("2 of 6", "6 of 6")
    assert table.summary == "All 6 claims are printed by one convention: without the classifier head."


def test_what_cannot_be_compared_is_left_out() -> None:
    """No measurement, another unit, no other convention, a metric of others, a claim alone: no table."""
    claims = table_1("gflops")
    assert tables_of(claims[:1] + [replace(claim, unit="T") for claim in claims[1:]]) == []
    assert tables_of([c for c in claims if c.variant == "convit-s"]) == []
    assert tables_of(table_1("top1") + table_1("throughput")) == []
    assert tables_of([replace(claim, metric="beauty") for claim in claims]) == []

    def nothing(claim: Claim) -> Record | None:
        return None

    assert list(convention_tables(claims, METRICS, nothing, PATH)) == []
