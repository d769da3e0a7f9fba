"""Words and sizes at the terminal."""

from pathlib import Path

import pytest

from pwc_bench.cli.tables import readable
from pwc_bench.cli.text import duration, file_size, plural, wrapped
from pwc_bench.core.measurement import Json
from pwc_bench.core.text_forms import one_line, printable
from tests.cli.gate import check_here, cost, written


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_duration(seconds: float, text: str) -> None:
    """At most two units are written."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (4096, "4.0 KiB"), (5 * 2**30, "5.0 GiB"), (2**41, "2.0 TiB")],
)
def test_file_size(size: int, text: str) -> None:
    """Sizes have binary units."""
    assert file_size(size) == text


def test_plural() -> None:
    """One is singular, others are plural and grouped by thousands."""
    assert [plural(n, "image") for n in (0, 1, 50_000)] == ["0 images", "1 image", "50,000 images"]


def test_one_line_disarms_what_steers_a_terminal() -> None:
    """Line ends become spaces, and escapes cannot act."""
    assert printable("1\N{NO-BREAK SPACE}%\n\x9b1m\u202e\t\ud800") == "1\N{NO-BREAK SPACE}%\n\ufffd1m\ufffd\ufffd\ufffd"
    assert one_line("a\r\nb\x1b]0;title\x07") == "a b\ufffd]0;title\ufffd"


def test_the_name_of_a_file_steers_no_terminal(tmp_path: Path) -> None:
    """Neither in what a command says nor in its errors."""
    name = "a\x1b]0;title\x07\x9b2J"
    base = str(written(tmp_path / name / "base.jsonl", cost()).relative_to(tmp_path))
    written(tmp_path / "new.jsonl", cost(gflops=5))
    sides = ("--baseline", base, "--candidate", "new.jsonl", "--accepted", f"{name}/ok")
    done = [
        check_here(tmp_path, name, command="import"),
        check_here(tmp_path, *sides, "--show-config"),
        check_here(tmp_path, "convit-s", "gflops", "--reason", "why", "--by", "Ada", *sides, command="accept"),
        check_here(tmp_path, *sides, "--dry-run"),
        check_here(tmp_path, *sides),
        check_here(tmp_path, "--baseline", f"{name}/none"),
    ]
    assert [each.returncode for each in done] == [0, 0, 0, 0, 0, 3]
    for each in done:
        assert "title" in each.stdout + each.stderr
        assert not {"\x1b", "\x07", "\x9b"} & {*each.stdout, *each.stderr}


def test_wrapped_keeps_paths_whole() -> None:
    """A long word is never broken: it can be copied."""
    path = "/data/" + "x" * 100
    assert path in wrapped(f"the file {path} is missing").splitlines()[1]


def test_readable_leaves_out_what_is_unknown() -> None:
    """Nested values are indented; None and empty ones are left out; long lists are shortened."""
    value: Json = {"a_b": None, "c": {"d": True, "e": []}, "f": list(range(20)), "g": [{"h": 0.25}], "i": 2e9}
    assert list(readable(value)) == [
        "c:",
        "  d: yes",
        "f: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more",
        "g:",
        "  1:",
        "    h: 0.25",
        "i: 2,000,000,000",
    ]
