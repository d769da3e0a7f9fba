"""A database and published records together: each record once, in one order."""

from pwc_bench.core.archive import Catalogue, JoinedArchive, MemoryArchive
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.metric import Scope
from tests.factories import make_claim, make_record

OLD = make_record(started="2026-01-01T00:00:00Z", campaign="one")
BOTH = make_record(dataset=None, started="2026-01-02T00:00:00Z", campaign="one")
NEW = make_record("convit-b", started="2026-02-01T00:00:00Z", campaign="two")
FIRST = MemoryArchive(
    Catalogue({}, {}, {}),
    (OLD, BOTH),
    (Paper("p", "P", ("A",), "2020-01-01", "Text."),),
    (Task("a", "A", ""),),
    (DatasetCard("d", "D", ""),),
    (Method("m", "M", "Method", ""),),
    (make_claim(),),
)
JOINED = JoinedArchive(FIRST, (NEW, BOTH))


def test_records_of_both_stand_once_newest_first() -> None:
    """And every filter narrows both."""
    assert [record.id for record in JOINED.records()] == [NEW.id, BOTH.id, OLD.id]
    assert [record.id for record in JOINED.records(scope=Scope.MODEL)] == [BOTH.id]
    assert [record.id for record in JOINED.records(variant="convit-b")] == [NEW.id]


def test_campaigns_count_each_record_once() -> None:
    """Newest first."""
    assert [(found.name, found.records, found.started[:10]) for found in JOINED.campaigns()] == [
        ("two", 1, "2026-02-01"),
        ("one", 2, "2026-01-01"),
    ]


def test_knowledge_is_the_first_ones() -> None:
    """Published records bring none."""
    assert tuple(JOINED.papers()) == FIRST.all_papers
    assert tuple(JOINED.tasks()) == FIRST.all_tasks
    assert tuple(JOINED.datasets()) == FIRST.all_datasets
    assert tuple(JOINED.methods()) == FIRST.all_methods
    assert tuple(JOINED.claims(dataset="imagenet-1k")) == FIRST.all_claims
    assert JOINED.catalogue is FIRST.catalogue


def test_the_fingerprint_follows_both() -> None:
    """The order of the further records does not matter, which they are does."""
    assert JoinedArchive(FIRST, (BOTH, NEW)).fingerprint() == JOINED.fingerprint()
    assert JoinedArchive(FIRST, (NEW,)).fingerprint() != JOINED.fingerprint()
