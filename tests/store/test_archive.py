"""The archive reads like the one in memory, streams, and goes along into another process."""

import hashlib
import io
import multiprocessing
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pwc_bench.core.archive import Archive, MemoryArchive
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import PredictionsFile, Record
from pwc_bench.exchange.knowledge import load_knowledge
from pwc_bench.prediction_files import SCHEMA
from pwc_bench.store import open_store
from pwc_bench.store.reads import CHUNK_ROWS
from pwc_bench.store.rows import record_row
from pwc_bench.store.tables import CampaignRow
from tests.factories import make_measurement, make_record
from tests.store.catalogue import CATALOGUE

RECORDS = (
    make_record(started="2026-01-01T12:00:00Z"),
    make_record("convit-ti", started="2026-01-03T12:00:00Z", campaign="later"),
    make_record("convit-ti", None, started="2026-01-02T12:00:00Z", campaign="later"),
    make_record("convit-ti", "demo", started="2026-01-02T12:00:00Z"),
)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"variant": "convit-ti"},
        {"dataset": "imagenet-1k"},
        {"scope": Scope.MODEL},
        {"scope": Scope.DATASET, "variant": "convit-ti"},
        {"campaign": "later", "scope": Scope.MODEL},
        {"variant": "none"},
    ],
)
def test_records_are_filtered_and_ordered_as_in_memory(url: str, wanted: dict[str, str | Scope]) -> None:
    """Both archives give the same records in the same order, and the same campaigns."""
    memory: Archive = MemoryArchive(CATALOGUE, all_records=RECORDS)
    with open_store(url) as store:
        for record in RECORDS:
            store.add(record)
        archive = store.archive(CATALOGUE)
        assert archive.catalogue is CATALOGUE
        assert list(archive.records(**wanted)) == list(memory.records(**wanted))  # type: ignore[arg-type]
        assert list(archive.campaigns()) == list(memory.campaigns())


@pytest.mark.parametrize(
    "wanted",
    [
        {"paper": "pytorch-image-models"},
        {"paper": "convit", "variant": "convit-s"},
        {"paper": "convit", "dataset": "imagenet-1k", "metric": "gflops"},
        {"paper": "none"},
    ],
)
def test_claims_are_filtered_and_ordered_as_in_memory(url: str, wanted: dict[str, str]) -> None:
    """Within a source both archives give the same claims in the same order."""
    knowledge = load_knowledge()
    memory = MemoryArchive(CATALOGUE, all_claims=knowledge.claims)
    with open_store(url) as store:
        store.sync_knowledge(knowledge)
        assert list(store.archive(CATALOGUE).claims(**wanted)) == list(memory.claims(**wanted))


def test_long_results_come_in_chunks_without_gap_or_repetition(url: str) -> None:
    """More rows than a chunk holds, many of them with the same start, all come once and in order."""
    few = {"top1": make_measurement(80.0, "%")}
    base = make_record(measurements=few)
    records = [replace(base, duration_seconds=float(number)) for number in range(CHUNK_ROWS + 7)]
    knowledge = load_knowledge()
    many = tuple(replace(knowledge.claims[0], model=f"M{number:04}") for number in range(CHUNK_ROWS + 7))
    with open_store(url) as store:
        with store._database.writing() as session:
            session.add(CampaignRow(name=base.campaign))
            session.flush()
            session.add_all(record_row(record) for record in records)
        store.sync_knowledge(replace(knowledge, claims=many))
        archive = store.archive(CATALOGUE)
        ids = [record.id for record in archive.records()]
        assert ids == sorted((record.id for record in records), reverse=True)
        assert tuple(archive.claims()) == many


def test_reading_does_not_hold_up_writing(url: str) -> None:
    """While one iterator stands half-way, records are added and others read, in the same process."""
    with open_store(url, busy_seconds=0.1) as store:
        for record in RECORDS[:2]:
            store.add(record)
        iterator = store.archive(CATALOGUE).records()
        next(iterator)
        store.add(RECORDS[2])
        assert len(list(store.archive(CATALOGUE).records())) == 3


def _read_elsewhere(archive: Archive) -> list[str]:
    return [record.id for record in archive.records()]


@pytest.mark.parametrize("start_method", ["spawn", "forkserver"])
def test_an_archive_goes_along_into_a_worker(url: str, start_method: str) -> None:
    """A worker process that gets it opens the database by itself."""
    with open_store(url) as store:
        store.add(make_record())
        archive = store.archive(CATALOGUE)
        again = pickle.loads(pickle.dumps(archive))
        assert list(again.records()) == [make_record()]
        again.database.close()
        with multiprocessing.get_context(start_method).Pool(1) as pool:
            assert pool.apply(_read_elsewhere, (archive,)) == [make_record().id]


_FORK = """
import os, sys
from pwc_bench.core.archive import Catalogue
from pwc_bench.store import open_existing_store
with open_existing_store(sys.argv[1]) as store:
    archive = store.archive(Catalogue({}, {}, {}))
    assert len(list(archive.records())) == 1
    worker = os.fork()
    if not worker:
        print("child", *(record.id for record in archive.records()), flush=True)
        os._exit(0)
    assert os.waitpid(worker, 0)[1] == 0
    print("parent", *(record.id for record in archive.records()))
"""


def test_an_archive_survives_a_fork(url: str) -> None:
    """A forked worker makes connections of its own and leaves its parent's alone."""
    with open_store(url) as store:
        store.add(make_record())
    done = subprocess.run([sys.executable, "-c", _FORK, url], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["child", make_record().id, "parent", make_record().id], done.stderr


def test_predictions_are_read_from_beside_the_database(tmp_path: Path) -> None:
    """Whole, with their hash checked; what is missing, changed or elsewhere gives none, with the reason."""
    content = _predictions_file()
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / "predictions").mkdir()
    (tmp_path / "predictions" / f"{digest}.parquet").write_bytes(content)
    with open_store(str(tmp_path / "results.db")) as store:
        archive = pickle.loads(pickle.dumps(store.archive(CATALOGUE)))
        present = _naming(PredictionsFile(f"predictions/{digest}.parquet", digest))
        found = archive.predictions(present)
        assert found.images == ["a.JPEG", "b.JPEG"]
        assert found.labels.tolist() == [0, 1]
        assert archive.absent_predictions(present) is None
        assert archive.predictions_file(present, len(content)) == content
        assert archive.predictions_file(present, len(content) - 1) is None
        for file, reason in (
            (PredictionsFile(f"predictions/{digest}.parquet", "0" * 64), "it was changed"),
            (PredictionsFile("predictions/gone.parquet", digest), "is missing"),
            (PredictionsFile("../elsewhere.parquet", digest), "outside the database's folder"),
            (None, "names no predictions file"),
        ):
            assert archive.predictions(_naming(file)) is None
            assert archive.predictions_file(_naming(file), 2**20) is None
            assert reason in archive.absent_predictions(_naming(file))


def _naming(file: PredictionsFile | None) -> Record:
    record = make_record()
    return replace(record, provenance=replace(record.provenance, predictions=file))


def _predictions_file() -> bytes:
    columns = [["a.JPEG", "b.JPEG"], [0, 1], [[0, 1, 2, 3, 4]] * 2, [[0.5, 0.2, 0.1, 0.1, 0.1]] * 2, [0.25] * 2]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=SCHEMA), out)
    return out.getvalue()


def test_the_fingerprint_follows_what_is_stored(tmp_path: Path) -> None:
    """Not the form of the file: the same rows in another database, or after closing, have the same one."""
    prints = []
    for name in ("a.db", "b.db"):
        with open_store(str(tmp_path / name)) as store:
            store.add(make_record())
            prints.append(store.archive(CATALOGUE).fingerprint())
    with open_store(str(tmp_path / "a.db")) as store:
        assert store.archive(CATALOGUE).fingerprint() == prints[0] == prints[1]
        store.add(make_record("convit-b"))
        assert store.archive(CATALOGUE).fingerprint() != prints[0]
