"""results/accepted.jsonl: written whole, read with care."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.exchange import append_acceptance, read_acceptances

ACCEPTANCE = Acceptance(
    variant="convit-s",
    dataset=None,
    metric="gflops",
    metric_version=1,
    value=5.756999999999999,
    reason="fewer blocks – “measured” twice",  # noqa: RUF001
    accepted_by="Ada Lovelace <ada@example.org>",
    accepted_at="2026-01-31T12:00:00Z",
    record="ab" * 32,
)


def test_a_line_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Values survive to the last bit, words as they are."""
    path = tmp_path / "results" / "accepted.jsonl"
    other = replace(ACCEPTANCE, value=27_777_000, metric="parameters", record=None)
    append_acceptance(path, ACCEPTANCE)
    append_acceptance(path, other)
    assert read_acceptances(path) == (ACCEPTANCE, other)
    assert path.read_text().count("\n") == 2
    assert path.stat().st_mode & 0o777 == 0o644
    assert sorted(file.name for file in path.parent.iterdir()) in (
        ["accepted.jsonl"],
        ["accepted.jsonl", "accepted.jsonl.lock"],
    )


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\n", "\r\n"])
def test_a_reason_may_hold_any_end_of_a_line(tmp_path: Path, end: str) -> None:
    """Pasted words keep what Unicode calls a line end, and the file can still be read."""
    path = tmp_path / "accepted.jsonl"
    pasted = replace(ACCEPTANCE, reason=f"one{end}two")
    append_acceptance(path, pasted)
    append_acceptance(path, ACCEPTANCE)
    assert read_acceptances(path) == (pasted, ACCEPTANCE)


def test_earlier_lines_stay_as_they_are(tmp_path: Path) -> None:
    """A last line without its end gets one; nothing else changes, rights included."""
    path = tmp_path / "accepted.jsonl"
    append_acceptance(path, ACCEPTANCE)
    before = path.read_text().rstrip("\n")
    path.write_text(before)
    path.chmod(0o664)
    append_acceptance(path, replace(ACCEPTANCE, value=6))
    assert path.read_text().startswith(before + "\n")
    assert path.stat().st_mode & 0o777 == 0o664
    assert len(read_acceptances(path)) == 2


def test_several_writers_lose_no_line(tmp_path: Path) -> None:
    """Processes that accept at once wait for each other."""
    path = tmp_path / "accepted.jsonl"
    code = (
        "import sys; from dataclasses import replace; from pathlib import Path\n"
        "from pwc_bench.exchange.records import append_acceptance\n"
        "from tests.exchange.test_acceptances import ACCEPTANCE\n"
        "path, first = Path(sys.argv[1]), 100 * int(sys.argv[2])\n"
        "for n in range(10): append_acceptance(path, replace(ACCEPTANCE, value=n + first))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert {found.value for found in read_acceptances(path)} == {n + 100 * w for n in range(10) for w in range(3)}


def line(**changes: object) -> str:
    """A line with some fields changed; None takes one away."""
    values = {
        "schema": 1, "variant": "convit-s", "dataset": None, "metric": "gflops", "metric_version": 1, "value": 5.5,
        "reason": "because", "accepted_by": "Ada", "accepted_at": "2026-01-31T12:00:00Z", "record": None,
    }  # fmt: skip
    return json.dumps({key: value for key, value in (values | changes).items() if value is not ...})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<<<<<<< HEAD", "not JSON"),
        ("[]", "is a JSON object"),
        (line(schema=2), "schema 2 is newer than 1"),
        (line(value="5.5"), "field 'value': expected a number or null, not text"),
        (line(value=True), "field 'value': expected a number or null, not true or false"),
        (line(value=float("nan")), "NaN is not a number"),
        (line(reason=" "), "field 'reason': expected text that is not blank"),
        (line(reason="\x1b[2J"), "field 'reason' holds the control character U+001B"),
        (line(variant=["convit-s"]), "field 'variant': expected text, not a list"),
        (line(metric_version=10**400), "field 'metric_version' is a whole number of more than 64 bits"),
        ("[" * 100_000, "deep"),
        (line()[:-1] + ', "metric": "gflops"}', "the key 'metric' comes twice"),
        (line(reason=...), "field 'reason' is missing"),
        (line(metrik="x"), "field 'metrik' is not known: did you mean 'metric'?"),
        (line(accepted_at="yesterday"), "is no date of ISO 8601: 'yesterday'"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, content: str, message: str) -> None:
    """File, line and reason; and nothing is added behind a line that nobody can read."""
    path = tmp_path / "accepted.jsonl"
    path.write_text(f"{line()}\n\n{content}\n")
    with pytest.raises(RecordFormatError) as caught:
        read_acceptances(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert message in str(caught.value)
    with pytest.raises(RecordFormatError):
        append_acceptance(path, ACCEPTANCE)
    assert path.read_text() == f"{line()}\n\n{content}\n"


def test_what_nobody_could_read_is_not_written(tmp_path: Path) -> None:
    """A reason with a control character is refused when it is given, and not by everyone who reads it later."""
    with pytest.raises(RecordFormatError, match="'reason' holds the control character U\\+000B"):
        append_acceptance(tmp_path / "accepted.jsonl", replace(ACCEPTANCE, reason="one\x0btwo"))
    assert not (tmp_path / "accepted.jsonl").exists()


def test_places_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """No file accepts nothing; a folder, bytes that are no text and a file for a folder are errors of one line."""
    assert read_acceptances(tmp_path / "none.jsonl") == ()
    with pytest.raises(RecordFormatError, match="a folder: it is not read"):
        read_acceptances(tmp_path)
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(RecordFormatError, match="not UTF-8 text"):
        read_acceptances(tmp_path / "bytes.jsonl")
    with pytest.raises(RecordFormatError, match="cannot be written"):
        append_acceptance(tmp_path / "bytes.jsonl" / "accepted.jsonl", ACCEPTANCE)
