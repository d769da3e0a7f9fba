"""Records go in once and come out as they were; claims live beside them, never among them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import StoreError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, RelatedPaper, Repository, Task
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status
from pwc_bench.exchange.knowledge import load_knowledge
from pwc_bench.store import Store, open_existing_store, open_store
from pwc_bench.store.tables import MeasurementRow
from tests.factories import make_claim, make_record
from tests.store.catalogue import CATALOGUE
from tests.store.conftest import Server

PAPER = Paper(
    "net",
    "Net",
    ("Ada Löve",),
    "2021-03-19",
    "A net.",
    repositories=(Repository("https://example.org/net", is_official=True),),
    related=(RelatedPaper("Other", "2020-01-01"),),
)
KNOWLEDGE = Knowledge(
    papers=(PAPER,),
    tasks=(Task("t", "T", "d"),),
    datasets=(DatasetCard("d", "D", "d", tasks=("t",)),),
    methods=(Method("m", "M", "MM", "d", introduced_year=2021),),
    claims=(make_claim(), make_claim("ConViT-Ti", value="1")),
)


def _records(store: Store) -> list[Record]:
    return list(store.archive(CATALOGUE).records())


def _claims(store: Store) -> list[Claim]:
    return list(store.archive(CATALOGUE).claims())


def test_records_come_back_exactly(url: str) -> None:
    """Every field survives, whole numbers stay whole, and so the id is the same."""
    odd = make_record(
        measurements={"parameters": Measurement(27_777_000, ""), "nll": Measurement(0.1 + 0.2, "nats", (0.0, 1e-300))},
        status=Status.PARTIAL,
        reason="Ünïcode ' \" % \N{SNOWMAN}",
    )
    records = [make_record(), make_record(dataset=None), replace(odd, extra={"deep": [1, {"a": None}]}, title="=x")]
    with open_store(url) as store:
        for record in records:
            store.add(record)
    with open_existing_store(url) as store:
        found = {record.id: record for record in _records(store)}
    assert found == {record.id: record for record in records}
    assert isinstance(found[records[2].id].measurements["parameters"].value, int)


def test_adding_twice_changes_nothing(url: str) -> None:
    """The same content is the same record."""
    with open_store(url) as store:
        store.add(make_record())
        store.add(make_record())
        assert len(_records(store)) == 1
        assert store.campaigns()[0].records == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE record SET variant = 'x'", "UPDATE measurement SET value = 99", "UPDATE record SET id = id"]
)
def test_nothing_stored_can_be_changed(url: str, statement: str) -> None:
    """The database itself refuses to rewrite a record or a measurement."""
    with open_store(url) as store:
        store.add(make_record())
        with pytest.raises(DBAPIError, match="append-only"), store._database.writing() as session:
            session.execute(text(statement))
        assert _records(store) == [make_record()]


def test_measurements_can_be_searched(url: str) -> None:
    """Values, intervals and units stand in typed columns too."""
    with open_store(url) as store:
        store.add(make_record())
        with store._database.reading() as session:
            row = session.get_one(MeasurementRow, (make_record().id, "top1"))
            assert (row.value, row.unit, row.low) == (81.3, "%", 81.3 - 0.34)


def test_campaigns_are_listed_newest_first_and_deleted_whole(url: str) -> None:
    """A deleted campaign takes its records and measurements along, and its predictions lose their last reference."""
    early = replace(make_record(campaign="early", started="2026-01-01T00:00:00Z"), title="early")
    late = make_record(campaign="late", started="2026-02-01T00:00:00Z", dataset=None)
    noted = replace(late, provenance=replace(late.provenance, note="A note."))
    with open_store(url) as store:
        for record in (early, noted):
            store.add(record)
        late_campaign, early_campaign = store.campaigns()
        assert (late_campaign.name, late_campaign.note, late_campaign.records) == ("late", "A note.", 1)
        assert (early_campaign.name, early_campaign.started) == ("early", "2026-01-01T00:00:00Z")
        assert store.prediction_paths() == {"predictions/" + "ef" * 32 + ".parquet"}
        assert store.delete_campaign("early") == 1
        assert store.prediction_paths() == set()
        assert _records(store) == [noted]
        with store._database.reading() as session:
            assert session.scalar(select(func.count()).select_from(MeasurementRow)) == len(noted.measurements)
        with pytest.raises(StoreError, match="no campaign 'early'"):
            store.delete_campaign("early")


def test_a_record_is_found_by_the_start_of_its_id(url: str) -> None:
    """As many digits as it takes; none, several and nonsense are told apart."""
    records = [replace(make_record(), duration_seconds=float(seconds)) for seconds in range(40)]
    with open_store(url) as store:
        for record in records:
            store.add(record)
        assert store.find_record(records[0].id[:16].upper()) == records[0]
        assert store.find_record(records[1].id) == records[1]
        with pytest.raises(StoreError, match="several records begin"):  # 40 ids have 16 first digits to share
            next(store.find_record(digit) for digit in _shared_digits(records))
        with pytest.raises(StoreError, match="no record's id begins with 'ffffffffffff'"):
            store.find_record("f" * 12)
        for nonsense in ("", "xyz", "%", "a" * 65):
            with pytest.raises(StoreError, match="is no record's id"):
                store.find_record(nonsense)


def _shared_digits(records: list[Record]) -> list[str]:
    firsts = [record.id[0] for record in records]
    return [digit for digit in firsts if firsts.count(digit) > 1]


def test_knowledge_comes_back_exactly(url: str) -> None:
    """What the package knows is read back equal, claims in the order of their source."""
    knowledge = load_knowledge()
    with open_store(url) as store:
        store.sync_knowledge(knowledge)
        archive = store.archive(CATALOGUE)
        assert tuple(archive.papers()) == tuple(sorted(knowledge.papers, key=lambda paper: paper.date, reverse=True))
        assert tuple(archive.tasks()) == knowledge.tasks
        assert set(archive.datasets()) == set(knowledge.datasets)
        assert [card.title for card in archive.datasets()] == sorted(card.title for card in knowledge.datasets)
        assert set(archive.methods()) == set(knowledge.methods)
        own = tuple(claim for claim in knowledge.claims if claim.paper == "convit")
        assert tuple(archive.claims(paper="convit")) == own
        assert set(archive.claims()) == set(knowledge.claims)


def test_syncing_again_changes_corrects_and_removes_only_its_own(url: str) -> None:
    """A corrected digit arrives, a withdrawn entry goes, and what somebody else brought stays."""
    theirs = Knowledge(claims=(make_claim("Foreign"), make_claim(value="9.9")), tasks=(Task("u", "U", "theirs"),))
    with open_store(url) as store:
        store.sync_knowledge(KNOWLEDGE)
        store.sync_knowledge(theirs, origin="submission 1")
        store.sync_knowledge(KNOWLEDGE)
        assert {(claim.model, claim.value) for claim in _claims(store)} == {
            ("ConViT-S", "5.4"),
            ("ConViT-Ti", "1"),
            ("Foreign", "5.4"),
        }
        corrected = replace(
            KNOWLEDGE, claims=(make_claim(value="5.5"),), methods=(), papers=(replace(PAPER, venue="X"),)
        )
        store.sync_knowledge(corrected)
        assert {(claim.model, claim.value) for claim in _claims(store)} == {("ConViT-S", "5.5"), ("Foreign", "5.4")}
        archive = store.archive(CATALOGUE)
        assert [paper.venue for paper in archive.papers()] == ["X"]
        assert list(archive.methods()) == []
        assert [task.slug for task in archive.tasks()] == ["t", "u"]


def test_claims_and_records_share_no_table(url: str) -> None:
    """Knowledge adds no record, records add no claim."""
    with open_store(url) as store:
        store.sync_knowledge(KNOWLEDGE)
        assert _records(store) == []
        assert store.campaigns() == ()
    with open_store(url) as store:
        store.add(make_record())
        assert len(_claims(store)) == 2


def test_a_store_knows_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path becomes a URL that works from any folder, and predictions lie beside the file."""
    monkeypatch.chdir(tmp_path)
    with open_store("results/bench.db") as store:
        assert store.folder == tmp_path / "results"
        assert store.url == f"sqlite:///{tmp_path}/results/bench.db"
    with open_store("odd ä#.db") as store:
        store.add(make_record())
        again = store.url
    monkeypatch.chdir("/")
    with open_existing_store(again) as store:
        assert _records(store) == [make_record()]


@pytest.mark.postgresql
def test_predictions_of_a_server_lie_in_results(
    postgresql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database without a file has its predictions in results/ of the current folder."""
    monkeypatch.chdir(tmp_path)
    with open_store(postgresql_server.new_database()) as store:
        assert store.folder == tmp_path / "results"
        assert store.url.startswith("postgresql+psycopg://")
