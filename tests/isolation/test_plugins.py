"""What other packages offer: found, or named and left out."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pwc_bench.isolation import PluginWarning, offered_parts


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path, as pip fills it, with a package of good and bad offers."""
    (tmp_path / "theirs.py").write_text("GOOD = {'a': 1, 'b': 2}\n")
    (tmp_path / "leaving.py").write_text("import sys\nsys.exit(0)\n")
    info = tmp_path / "their_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-package\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield info
    for name in ("theirs", "leaving"):
        sys.modules.pop(name, None)


def test_a_module_declares_its_parts_as_ours_do(site: Path) -> None:
    """The entry point may name the module itself."""
    (site / "entry_points.txt").write_text("[pwc_bench.test]\nwhole = theirs\n")
    assert offered_parts("pwc_bench.test", _read, "things", (), "GOOD") == {"a": 1, "b": 2}
    with pytest.warns(PluginWarning, match="the module theirs declares no THINGS"):
        assert offered_parts("pwc_bench.test", _read, "things", (), "THINGS") == {}


def _read(offered: object) -> Iterator[tuple[str, int]]:
    assert isinstance(offered, dict)
    return iter(offered.items())


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("leaving:X", r"sys\.exit\(0\)"),
        ("theirs:NONE", "AttributeError"),
        ("nowhere:X", "ModuleNotFoundError"),
        ("theirs:GOOD.keys", "AssertionError"),
        ("theirs:GOOD", "the key 'a' is taken"),
    ],
)
def test_a_broken_offer_is_named_and_the_others_are_there(site: Path, bad: str, reason: str) -> None:
    """The message names the distribution, the entry point and the reason."""
    (site / "entry_points.txt").write_text(f"[pwc_bench.test]\ngood = theirs:GOOD\nspoilt = {bad}\n")
    pattern = rf"their-package 1\.0 \(entry point spoilt = {bad}, group pwc_bench\.test\) is left out: .*{reason}"
    with pytest.warns(PluginWarning, match=pattern):
        assert offered_parts("pwc_bench.test", _read, "things", (), "THINGS") == {"a": 1, "b": 2}
