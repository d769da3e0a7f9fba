"""The processor's energy counter, on files as Linux lays them out."""

from pathlib import Path

import pytest

from pwc_bench.hardware import cpu_energy_counter


def _zone(folder: Path, zone: str, name: str, microjoules: int, span: int = 1_000_000_000) -> Path:
    place = folder / zone
    place.mkdir(parents=True)
    (place / "name").write_text(f"{name}\n")
    (place / "max_energy_range_uj").write_text(f"{span}\n")
    (place / "energy_uj").write_text(f"{microjoules}\n")
    return place / "energy_uj"


def test_packages_are_added_and_their_parts_are_not(tmp_path: Path) -> None:
    """Two sockets; cores, memory and the platform lie within or around them."""
    first = _zone(tmp_path, "intel-rapl:0", "package-0", 10)
    second = _zone(tmp_path, "intel-rapl:1", "package-1", 20)
    _zone(tmp_path, "intel-rapl:0:0", "core", 5)
    _zone(tmp_path, "intel-rapl:2", "psys", 5)
    joules = cpu_energy_counter(tmp_path)
    assert joules is not None
    assert joules() == 0.0
    first.write_text("2000010\n")
    second.write_text("500020\n")
    assert joules() == pytest.approx(2.5)


def test_a_counter_that_wraps_around_goes_on(tmp_path: Path) -> None:
    """From 900 of 1,000 to 100 are 200 microjoules."""
    file = _zone(tmp_path, "intel-rapl:0", "package-0", 900, span=1000)
    joules = cpu_energy_counter(tmp_path)
    assert joules is not None
    file.write_text("100")
    assert joules() == pytest.approx(200e-6)


def test_no_counter_is_none(tmp_path: Path) -> None:
    """No folder, no package, or a counter that is no number."""
    assert cpu_energy_counter(tmp_path / "nowhere") is None
    assert cpu_energy_counter(tmp_path) is None
    _zone(tmp_path, "intel-rapl:0", "package-0", 1).write_text("")
    assert cpu_energy_counter(tmp_path) is None
