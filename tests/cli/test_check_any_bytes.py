"""`check`: any bytes where settings and accepted values are read: a documented code, and 1 is a regression's alone."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.gate import check_here, cost, written
from tests.exchange.conftest import Repository

ENDS = {0, 2, 3, 4, 5}
"""What a check may end with if nothing that both sides hold got worse."""
SIDES = ("--candidate", "new.jsonl", "--allow-changed-settings")
NAMES = ["git:", "git:HEAD", "git:HEAD:..", "git:\0", "git:main:\0", "git:-x", "git:@{-1}", "git:main:results"]
NAMES += ["campaign:[", "://", "https://[", "file:///x", "~nosuch/x", "~", ".", "..", "/dev/null", "/proc/self/mem"]
NAMES += ["a\0b", "x" * 5000, "results", "results/x.jsonl", "pwc-bench.toml", "[", "*", ":", "a:b", "gflops", "all"]
NAMES += ["convit-s", "\ufffe", "\x1b[2J"]
NUMBERS = ["1", "0", "-1", "1e400", "nan", "inf", "0.5", "1e-320", "9" * 400, "true", "1979-05-27", "{a = 1}", "[]"]
WORDS = ["[check]", "[[check]]", "[tool", "]", "=", "metrics", '"', "'''", "\n", "\0", "\ufeff", "{", ".", "#", "\r"]


def _toml(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


_name = st.sampled_from(NAMES).map(_toml)
_list = st.lists(_name, min_size=1, max_size=2).map(lambda names: f"[{', '.join(names)}]")
_value = st.one_of(_name, _list, st.sampled_from(NUMBERS))
_usual = dict.fromkeys(("baseline", "accepted"), _name) | dict.fromkeys(("metrics", "models"), _list)
_usual |= {key: st.sampled_from(NUMBERS) for key in ("least-rounds", "significance", "least-speed-loss")}
_tables = st.one_of(
    st.fixed_dictionaries({}, optional=_usual),
    st.dictionaries(st.sampled_from([*_usual, "format", "candidate", "x"]), _value, max_size=2),
).map(lambda table: "[check]\n" + "".join(f"{key} = {value}\n" for key, value in table.items()))
_words = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
_settings = st.one_of(st.binary(max_size=30), st.one_of(_tables, _tables, _words).map(str.encode))

LINE = {"schema": 1, "variant": "convit-s", "metric": "gflops", "metric_version": 1, "value": 5.757, "reason": "r"}
LINE |= {"accepted_by": "Ada", "accepted_at": "2026-01-31T12:00:00Z"}
_odd: st.SearchStrategy[object] = st.sampled_from(
    [None, True, -0.0, 1e308, 10**400, float("nan"), "", "\ud800", "\0", "2026-W01", [], {"a": []}]
)
_lines = st.dictionaries(st.sampled_from([*LINE, "dataset", "text", "record", "x"]), _odd, max_size=2)
_file = st.lists(_lines.map(lambda odd: json.dumps(LINE | odd)), max_size=2).map("\n".join)
_accepted = st.one_of(st.binary(max_size=30), _file.map(str.encode))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a baseline and a candidate that is equal to it."""
    repository = Repository(tmp_path_factory.mktemp("any") / "repository")
    written(repository.folder / "results" / "x.jsonl", cost())
    repository.commit()
    written(repository.folder / "new.jsonl", cost())
    return repository.folder


@example(content=b'[check]\nbaseline = "git:\\u0000"\n', name="pwc-bench.toml")
@given(content=_settings, name=st.sampled_from(["pwc-bench.toml", "pyproject.toml"]))
def test_any_settings(place: Path, content: bytes, name: str) -> None:
    """Whatever a file of settings holds, and names."""
    for each in ("pwc-bench.toml", "pyproject.toml"):
        (place / each).write_bytes(b"")
    (place / name).write_bytes(content.replace(b"[check]", b"[tool.pwc-bench.check]") if name[1] == "y" else content)
    done = check_here(place, *SIDES)
    assert (done.returncode in ENDS, done.stderr.count("\n") <= 1) == (True, True), done.stderr


@given(content=_accepted)
def test_any_accepted_values(place: Path, content: bytes) -> None:
    """Whatever the file of accepted values holds."""
    for each in ("pwc-bench.toml", "pyproject.toml"):
        (place / each).write_bytes(b"")
    (place / "results" / "accepted.jsonl").write_bytes(content)
    done = check_here(place, *SIDES)
    (place / "results" / "accepted.jsonl").unlink()
    assert (done.returncode in ENDS, done.stderr.count("\n") <= 1) == (True, True), done.stderr
