"""`torchrun -m pwc_bench run`: several real processes share the images, and the results are those of one."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.record import Record
from pwc_bench.store import open_existing_store
from tests.forked import run_forked

MODEL = '''
"""A model with timm's methods. It kills its process, or raises, where DIES or FAILS names the process's rank."""

import os
import signal
import time
import weakref
from pathlib import Path

import torch
from torch import nn


class Tiny(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.calls = 0
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.head = nn.Linear(48, num_classes)

    def forward_features(self, x):
        return self.pool(x)

    def forward_head(self, x, pre_logits=False):
        return x.flatten(1) if pre_logits else self.head(x.flatten(1))

    def get_classifier(self):
        return self.head

    def forward(self, x):
        self.calls += 1
        if "SIZES" in os.environ:  # room for one image; each process tells what it is given
            with open(os.environ["SIZES"] + os.environ.get("RANK", "0"), "a") as file:
                print(len(x), file=file)
            if len(x) > 1:
                raise MemoryError("room for one image")
        if self.calls == 3 and os.environ.get("DIES") == os.environ.get("RANK", "none"):
            while not list(Path().glob("*/work/*/shards/2-0/*/*.npz")):
                time.sleep(0.01)  # until somebody has written something
            os.kill(os.getpid(), signal.SIGKILL)
        return self.forward_head(self.forward_features(x))


class Jealous(Tiny):
    """Fits on the device only where no other of its kind is."""

    there = weakref.WeakSet()

    def to(self, *arguments, **named):
        if set(Jealous.there) - {self}:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        Jealous.there.add(self)
        return super().to(*arguments, **named)


def jealous(num_classes):
    return Jealous(num_classes)


def also_jealous(num_classes):
    return Jealous(num_classes)


def make(num_classes):
    if os.environ.get("FAILS") == os.environ.get("RANK", "none"):
        raise MemoryError("no memory\\nfor this")
    return Tiny(num_classes)
'''
IMAGES = 23
SPEED = "throughput_end_to_end"
OPTIONS = (
    "run", "--models", "tiny_shared:make", "--device", "cpu", "--workers", "1", "--limit", str(IMAGES), "--no-site",
    "--batch-size", "2", "--metrics", "top1,nll,throughput_end_to_end", "--campaign", "shared",
)  # fmt: skip
APART = """
import os
from pwc_bench.evaluation import processes as seat
if os.environ["RANK"] != "0":
    seat._sees = lambda *_: False  # as on a machine without the first one's disk
from pwc_bench.cli import main
main()
"""


@pytest.fixture(autouse=True)
def model(place: Path) -> None:
    """Put the model where it can be imported."""
    (place / "tiny_shared.py").write_text(MODEL)


LAUNCH = """
from torch.distributed import run
from torch.distributed.elastic.multiprocessing.subprocess_handler import subprocess_handler
from tests.forked import Forked
assert subprocess_handler.Popen
subprocess_handler.Popen = lambda args, env, **_: Forked(args[1:], env=env)
run.main()
"""


def torchrun(
    processes: int, *arguments: str, script: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start so many processes, all of which are forks and need not import torch."""
    target = ["-m", "pwc_bench"] if script is None else [str(script)]
    launcher = ["-c", LAUNCH, "--standalone", "--nproc-per-node", str(processes)]
    settings = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    return run_forked([*launcher, *target, *OPTIONS, *arguments], env=settings, timeout=250)


def records_of(database: str) -> list[Record]:
    """All records of a database."""
    from pwc_bench.api.places import load_catalogue

    with open_existing_store(database) as store:
        return list(store.archive(load_catalogue()).records())


def the_record(database: str) -> Record:
    """The one record of a database."""
    (record,) = records_of(database)
    return record


def columns(database: str) -> Mapping[str, list[object]]:
    """The predictions behind the one record of a database, of which there is one file."""
    record = the_record(database)
    (file,) = (Path(database).parent / "predictions").iterdir()
    assert record.provenance.predictions is not None
    assert record.provenance.predictions.path == f"predictions/{file.name}"
    return pq.read_table(file).to_pydict()  # type: ignore[no-any-return]


def assert_same(shared: Mapping[str, list[object]], alone: Mapping[str, list[object]]) -> None:
    """Images, labels and top-5 are equal; scores within 1e-5."""
    for name in ("image", "label", "top5"):
        assert shared[name] == alone[name], name
    np.testing.assert_allclose(np.asarray(shared["score"]), np.asarray(alone["score"]), rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.asarray(shared["nll"]), np.asarray(alone["nll"]), rtol=0, atol=1e-4)


def run_alone(*arguments: str) -> str:
    """Run in this process, and return what it said."""
    result = CliRunner().invoke(app, [*OPTIONS, *arguments], prog_name="pwc-bench")
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_several_processes_find_what_one_finds(place: Path, processes: int) -> None:
    """23 images do not divide: still each appears once, in order; one process talks, stores, and names the others."""
    run_alone("--db", "alone/x.db")
    done = torchrun(processes, "--db", "shared/x.db")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Campaign  shared") == 1
    assert "warning:" not in done.stderr
    assert_same(columns("shared/x.db"), columns("alone/x.db"))
    record = the_record("shared/x.db")
    assert record.environment.processes == (None if processes == 1 else processes)
    assert record.provenance.images_seen == IMAGES
    speed = record.measurements["throughput_end_to_end"]
    assert (speed.details["processes"], speed.details["images"] == IMAGES) == (processes, processes > 1)
    assert list((place / "shared" / "work").iterdir()) == []


def test_the_program_itself_starts_under_torchrun(place: Path) -> None:
    """Two fresh interpreters, as on a user's machine."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    settings = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), "."])}
    command = [*launcher, "-m", "pwc_bench", *OPTIONS, "--db", "shared/x.db"]
    subprocess.run(command, env=settings, capture_output=True, text=True, check=True, timeout=250)
    assert the_record("shared/x.db").environment.processes == 2


def test_a_killed_process_ends_the_job_and_another_number_continues_it(place: Path) -> None:
    """SIGKILL of one of two: the launcher names it, nothing hangs, and three processes go on in the same campaign."""
    run_alone("--db", "alone/x.db")
    killed = torchrun(2, "--db", "shared/x.db", DIES="1")
    assert killed.returncode != 0
    assert "rank      : 1" in killed.stderr
    assert "the same command goes on from here" in killed.stderr
    (kept,) = (place / "shared" / "work").glob("*/shards/2-0")
    assert list(kept.glob("*/*.npz"))
    continued = torchrun(3, "--db", "shared/x.db")
    assert continued.returncode == 0, continued.stderr
    assert "continuing the interrupted campaign shared" in continued.stderr
    assert_same(columns("shared/x.db"), columns("alone/x.db"))
    speed = the_record("shared/x.db").measurements["throughput_end_to_end"]
    assert 0 < int(str(speed.details["images"])) < IMAGES


def test_processes_without_a_common_folder_send_their_shards(place: Path) -> None:
    """A process that does not see the first one's folder keeps its shards, sends them, and cleans up."""
    (place / "apart.py").write_text(APART)
    run_alone("--db", "alone/x.db")
    done = torchrun(2, "--db", "shared/x.db", script=place / "apart.py")
    assert done.returncode == 0, done.stderr
    assert_same(columns("shared/x.db"), columns("alone/x.db"))
    assert list((place / "shared" / "work").iterdir()) == []


def test_all_processes_take_the_batch_size_that_the_first_one_finds(place: Path) -> None:
    """Rank 0 measures while the others wait, whose models see that size alone, with or without its folder."""
    (place / "apart.py").write_text(APART)
    run_alone("--db", "alone/x.db")
    for script, database in ((None, "shared/x.db"), (place / "apart.py", "apart/x.db")):
        sizes = place / Path(database).parent.name
        done = torchrun(2, "--db", database, "--batch-size", "auto", script=script, SIZES=f"{sizes}-sizes-")
        assert done.returncode == 0, done.stderr
        assert_same(columns(database), columns("alone/x.db"))
        record = the_record(database)
        assert record.environment.batch_size == 1
        assert set(Path(f"{sizes}-sizes-1").read_text().split()) == {"1"}


def test_a_job_continues_with_the_size_of_its_first_start(place: Path) -> None:
    """A rank is killed in the pass; the memory of the machine is lost; the size stays, with another number of ranks."""
    killed = torchrun(2, "--db", "x/x.db", "--batch-size", "auto", SIZES=str(place / "sizes-"), DIES="1")
    assert killed.returncode != 0
    for path in (place / "cache" / "batch-sizes").iterdir():
        path.unlink()
    continued = torchrun(3, "--db", "x/x.db", "--batch-size", "auto")
    assert continued.returncode == 0, continued.stderr
    assert "continuing the interrupted campaign shared" in continued.stderr
    assert the_record("x/x.db").environment.batch_size == 1


def test_processes_share_a_crop_cache(place: Path) -> None:
    """Two processes fill it side by side, three others decode nothing, and the predictions stay what they are."""
    run_alone("--db", "alone/x.db")
    for processes, database, cached in ((2, "first/x.db", False), (3, "second/x.db", True)):
        done = torchrun(processes, "--db", database, "--crop-cache")
        assert done.returncode == 0, done.stderr
        assert "warning:" not in done.stderr
        assert_same(columns(database), columns("alone/x.db"))
        caveats = the_record(database).measurements["throughput_end_to_end"].caveats
        assert any(f"{IMAGES} of {IMAGES} images came from the crop cache" in said for said in caveats) is cached
        assert (place / "cache" / "crops").is_dir()


def test_the_first_error_is_told_with_its_rank(place: Path) -> None:
    """Data that one machine lacks ends the job, and the message names the process."""
    (place / "lacks.py").write_text(
        "import os, sys\nif os.environ['RANK'] == '1': sys.argv += ['--data', 'nowhere']\n"
        "from pwc_bench.cli import main\nmain()\n"
    )
    done = torchrun(2, "--db", "shared/x.db", script=place / "lacks.py")
    assert done.returncode != 0
    assert "error: rank 1 of 2 (" in done.stderr
    assert "nowhere" in done.stderr
    assert done.stderr.startswith("error: ")


def test_models_that_do_not_fit_beside_each_other_share_the_crops_of_the_first_round(place: Path) -> None:
    """Each process keeps and finds those of its own share; nothing stays, and the predictions are those of one."""
    models = ("--models", "tiny_shared:jealous,tiny_shared:also_jealous")
    run_alone("--db", "alone/x.db", "--models", "tiny_shared:make")
    done = torchrun(2, "--db", "shared/x.db", *models)
    assert done.returncode == 0, done.stderr
    first, second = sorted(records_of("shared/x.db"), key=lambda record: len(record.measurements[SPEED].caveats))
    caveats = [record.measurements[SPEED].caveats for record in (first, second)]
    assert not any("crop cache" in caveat for caveat in caveats[0])
    assert any(f"{IMAGES} of {IMAGES} images came from the crop cache" in caveat for caveat in caveats[1])
    (alone,) = (Path("alone") / "predictions").iterdir()
    for file in (Path("shared") / "predictions").iterdir():
        assert_same(pq.read_table(file).to_pydict(), pq.read_table(alone).to_pydict())
    assert list((place / "shared" / "work").iterdir()) == []
