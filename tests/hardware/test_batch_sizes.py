"""The memory of batch sizes: one file for each load, written whole."""

from dataclasses import replace
from pathlib import Path

from pwc_bench.core.files import read_sealed, write_sealed
from pwc_bench.hardware.batch_sizes import FOLDER, Found, Load, list_found, recall, remember

LOAD = Load(
    device="A CPU",
    threads=2,
    processes=1,
    models=("convit-s", "convit-ti"),
    implementation="fused",
    precision="fp32",
    tf32=False,
    memory_format="contiguous",
)
FOUND = Found(
    load=LOAD,
    size=8,
    images_per_second={4: 23.9, 8: 24.32},
    timed=("convit-ti",),
    scaled=("convit-s",),
    stopped_because="a larger one gained too little",
    versions=("torch 2.11.0", "timm 1.0.20"),
    moment="2026-01-31T12:00:00Z",
)


def test_what_is_remembered_is_recalled(tmp_path: Path) -> None:
    """Whole, and for the same load only."""
    remember(tmp_path, FOUND)
    assert recall(tmp_path, LOAD) == FOUND
    assert recall(tmp_path, replace(LOAD, precision="bf16")) is None


def test_the_newest_finding_of_a_load_counts(tmp_path: Path) -> None:
    """It takes the other one's place; another load has its own."""
    remember(tmp_path, FOUND)
    remember(tmp_path, replace(FOUND, size=4))
    remember(tmp_path, replace(FOUND, load=replace(LOAD, device="A GPU", threads=None)))
    assert {(found.load.device, found.size) for found in list_found(tmp_path)} == {("A CPU", 4), ("A GPU", 8)}
    assert all(path.suffix == ".json" for path in (tmp_path / FOLDER).iterdir())


def test_a_file_of_another_load_is_not_believed(tmp_path: Path) -> None:
    """Should a name ever stand for two loads, or a file be copied."""
    remember(tmp_path, FOUND)
    (path,) = (tmp_path / FOLDER).iterdir()
    write_sealed(path, (read_sealed(path) or b"").replace(b"A CPU", b"Another CPU"))
    assert recall(tmp_path, LOAD) is None
    assert len(list(list_found(tmp_path))) == 1


def test_files_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    """Nothing there, half a file, something else."""
    assert list(list_found(tmp_path)) == []
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "a.json").write_text('{"load": {}')
    (tmp_path / FOLDER / "b.json").write_text('{"load": {"device": "x"}}')
    assert list(list_found(tmp_path)) == []
