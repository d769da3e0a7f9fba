"""Options become settings, data and places before anything is measured."""

import os
from pathlib import Path

import pytest
import torch

from pwc_bench.api.options import RunOptions, default_batch_size, default_workers, resolve_device
from pwc_bench.api.places import cache_folder, default_database, default_site, sqlite_path
from pwc_bench.api.prepare import choose_data, prepare
from pwc_bench.core.errors import UsageError
from pwc_bench.datasets import load_datasets


def chosen(data: str | None, dataset: str | None) -> tuple[str, str]:
    """Settle, and return the data and the data set's key."""
    choice = choose_data(data, dataset, load_datasets())
    return choice.spec, choice.dataset.key


@pytest.mark.parametrize(
    ("data", "dataset", "expected"),
    [
        (None, None, ("demo", "demo")),
        ("demo", None, ("demo", "demo")),
        (None, "demo", ("demo", "demo")),
        ("/data", None, ("/data", "imagenet-1k")),
        ("/data", "imagenet-1k", ("/data", "imagenet-1k")),
    ],
)
def test_data_and_dataset(data: str | None, dataset: str | None, expected: tuple[str, str]) -> None:
    """Each of the two is guessed from the other, and the demo is the default."""
    assert chosen(data, dataset) == expected


def test_imagenet_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """PWC_BENCH_IMAGENET is the default, which a typed demo overrules."""
    monkeypatch.setenv("PWC_BENCH_IMAGENET", "/data/imagenet")
    assert chosen(None, None) == ("/data/imagenet", "imagenet-1k")
    assert chosen(None, "imagenet-1k") == ("/data/imagenet", "imagenet-1k")
    assert chosen(None, "demo") == ("demo", "demo")
    assert chosen("demo", None) == ("demo", "demo")


@pytest.mark.parametrize(
    ("data", "dataset", "said"),
    [
        ("demo", "imagenet-1k", "contradict each other"),
        ("/data", "demo", "contradict each other"),
        (None, "imagenet-1k", "needs --data"),
        ("/data", "imagenet-9k", "is not known"),
        ("", None, "--data is empty"),
    ],
)
def test_contradictions_are_refused(data: str | None, dataset: str | None, said: str) -> None:
    """Data and data set that cannot go together are usage errors."""
    with pytest.raises(UsageError, match=said):
        chosen(data, dataset)


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "CPU", "", "cpu:0"])
def test_device_names(name: str) -> None:
    """Only the documented names are devices."""
    with pytest.raises(UsageError, match="is not one of auto, cpu, cuda, cuda:N"):
        resolve_device(name)


def test_devices_of_this_machine() -> None:
    """The CPU is always there; a CUDA device is taken by itself, and refused where it is absent."""
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(UsageError, match="--device cuda:99"):
        resolve_device("cuda:99")


def test_defaults_of_the_machine() -> None:
    """Batches suit the device, and threads the CPUs that this process may use."""
    assert (default_batch_size("cpu"), default_batch_size("cuda")) == (8, 256)
    assert 1 <= default_workers() <= min(16, os.cpu_count() or 1)


def test_places(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """The environment names places, and empty variables count as unset."""
    assert cache_folder() == place / "cache"
    assert (default_database(), default_site()) == ("results/pwc-bench.db", Path("site"))
    monkeypatch.setenv("PWC_BENCH_DB", "x.db")
    monkeypatch.setenv("PWC_BENCH_SITE", "public")
    monkeypatch.setenv("PWC_BENCH_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert (default_database(), default_site(), cache_folder()) == ("x.db", Path("public"), Path("/xdg/pwc-bench"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path("~/.cache/pwc-bench").expanduser()


@pytest.mark.parametrize(
    ("db", "path"),
    [
        ("a/b.db", "a/b.db"),
        ("sqlite:///a/b.db", "a/b.db"),
        ("sqlite:////a/b.db?x=1", "/a/b.db"),
        ("postgresql://host/name", None),
    ],
)
def test_sqlite_path(db: str, path: str | None) -> None:
    """A path and an SQLite URL name a file; other databases have none."""
    assert sqlite_path(db) == (None if path is None else Path(path))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (RunOptions(precision="int8"), "--precision 'int8'"),
        (RunOptions(batch_size=0), "--batch-size 0 is too small"),
        (RunOptions(workers=-1), "--workers -1 is too small"),
        (RunOptions(limit=0), "--limit 0 is too small"),
        (RunOptions(campaign="a/b"), "cannot be a name"),
        (RunOptions(campaign=""), "cannot be a name"),
        (RunOptions(weights_dir=Path("nowhere")), "is not a folder"),
        (RunOptions(models="convit-xl"), "no variant is called"),
        (RunOptions(models="convit-ti", weights={"convit-s": "x.pth"}), "'convit-s' is not among the selected models"),
        (RunOptions(weights={"convit-s": "x.pth"}), "no use with the demo"),
        (RunOptions(metrics=("top-1",)), "top-1"),
        (RunOptions(device="cpu", tf32=True), "--tf32 is a mode of CUDA devices"),
        (RunOptions(device="cpu", cuda_graphs=True), "--cuda-graphs needs a CUDA device"),
        (RunOptions(implementation="reference", compare_implementations=True), "--compare-implementations needs"),
        (RunOptions(implementation="quick"), "--implementation 'quick' is not one of fused, reference"),
    ],
)
def test_options_that_cannot_be_right(options: RunOptions, said: str) -> None:
    """Each is refused before anything is made or measured."""
    with pytest.raises(UsageError, match=said), prepare(options):
        pass
    assert not list(Path().iterdir())
