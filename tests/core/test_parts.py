"""Parts are found by walking a folder, and keys are unique."""

import sys
from pathlib import Path

import pytest

from pwc_bench.core import parts
from pwc_bench.core.errors import DuplicatePartError


def test_modules_are_found_by_walking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every module counts but those that begin with an underscore, in the order of their names."""
    package = tmp_path / "some_parts"
    package.mkdir()
    for name in ("__init__", "b", "a", "_private"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = parts.part_modules(__import__("some_parts"))
    assert [module.NAME for module in found] == ["a", "b"]
    for name in [name for name in sys.modules if name.startswith("some_parts")]:
        monkeypatch.delitem(sys.modules, name)


def test_duplicate_keys_are_refused() -> None:
    """The message names the key."""
    assert parts.by_key([("a", 1), ("b", 2)], "metrics") == {"a": 1, "b": 2}
    with pytest.raises(DuplicatePartError, match="two metrics declare the key 'a'"):
        parts.by_key([("a", 1), ("a", 2)], "metrics")
