"""Several processes use one database at once, and none of them fails."""

import multiprocessing
import subprocess
import sys
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from pwc_bench.exchange.knowledge import load_knowledge
from pwc_bench.store import open_existing_store, open_store
from tests.factories import make_record
from tests.store.catalogue import CATALOGUE

PROCESSES = 3
RECORDS_EACH = 10


def _open_and_add(url: str, worker: int, barrier: Barrier) -> None:
    records = [
        replace(make_record(campaign=f"run {worker % 2}"), duration_seconds=float(number), title=f"worker {worker}")
        for number in range(RECORDS_EACH)
    ]
    barrier.wait()
    with open_store(url) as store:
        store.sync_knowledge(load_knowledge())
        for record in records:
            store.add(record)
            store.add(make_record(campaign="shared"))


def test_runs_at_once_make_and_fill_a_new_database(url: str) -> None:
    """Processes that open a database that is not there yet all succeed, and every record is kept exactly once."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    workers = [context.Process(target=_open_and_add, args=(url, n, barrier)) for n in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    with open_existing_store(url) as store:
        counts = {campaign.name: campaign.records for campaign in store.campaigns()}
        assert counts == {"run 0": 2 * RECORDS_EACH, "run 1": RECORDS_EACH, "shared": 1}
        assert len(list(store.archive(CATALOGUE).claims())) == len(load_knowledge().claims)


def test_reading_needs_no_heavy_library(tmp_path: Path) -> None:
    """Opening and reading a database loads nothing of torch's size, and no Alembic once it is up to date."""
    path = tmp_path / "bench.db"
    with open_store(str(path)) as store:
        store.add(make_record())
    program = (
        "import sys\n"
        "from pwc_bench.core.archive import Catalogue\n"
        "from pwc_bench.exchange import load_knowledge\nfrom pwc_bench.exchange.csv_export import write_csv\n"
        "from pwc_bench.store import open_store\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    store.sync_knowledge(load_knowledge())\n"
        "    write_csv(store.archive(Catalogue({}, {}, {})).records(), sys.stderr)\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert make_record().id in done.stderr
    assert loaded.isdisjoint({"torch", "timm", "torchvision", "pandas", "scipy", "numpy", "datasets", "alembic", "PIL"})
