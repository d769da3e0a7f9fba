"""Formats of files: ours by walking the folder, others by entry points; from a file to a board, and out again."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pwc_bench.cli.app import app
from pwc_bench.core.errors import UsageError
from pwc_bench.exchange import format_called, is_readable, load_formats, recognised_format
from pwc_bench.isolation import PluginWarning

THEIRS = '''
"""Results as a table of tab-separated lines: model, task, data set, metric, value."""

from collections.abc import Iterator

from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Knowledge, Paper
from pwc_bench.exchange.formats import Format, Tally


class Reader:
    def __init__(self):
        self.tally = Tally()

    def parts(self, stream, name):
        for line in stream:
            fields = line.rstrip("\\n").split("\\t")
            if len(fields) != 5:
                self.tally.refuse("a line without five fields", line.strip())
                continue
            model, task, dataset, metric, value = fields
            paper = Paper("their-table", "Their table", (), "2026-01-01", "")
            claim = Claim("their-table", model, None, task, dataset, metric, value, "%", "Their table")
            self.tally.claims += 1
            yield Knowledge((paper,), (), (), (), (claim,))


def write(archive, records, stream):
    for claim in archive.claims():
        stream.write("\\t".join((claim.model, claim.task, claim.dataset, claim.metric, claim.value)) + "\\n")


FORMAT = Format(
    key="their-tsv",
    title="Their table",
    recognises=lambda head: head.name.endswith(".tsv"),
    claims=lambda archive: Reader(),
    write=write,
    attribution="CC BY, they",
)
ODD = Format(key="odd", title="odd", recognises=lambda head: head.nothing, claims=lambda archive: Reader())
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a format of its own, as pip leaves it, and an empty folder to work in."""
    place = tmp_path / "packages"
    info = place / "their_format-1.0.dist-info"
    info.mkdir(parents=True)
    (place / "their_format.py").write_text(THEIRS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-format\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pwc_bench.formats]\ntheirs = their_format\n")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("their_format", None)


def test_ours_are_found_by_walking_the_folder() -> None:
    """Each under its key and its aliases; what can be read recognises its own files."""
    formats = load_formats()
    assert {"jsonl", "records", "csv", "pwc", "submission", "model-index"} <= formats.keys()
    assert formats["jsonl"] is formats["records"]
    readable = {form.key for form in formats.values() if is_readable(form)}
    assert readable == {"jsonl", "pwc", "submission"}


@pytest.mark.parametrize(("name", "verb", "said"), [
    ("cvs", "written", "no format that can be written is called 'cvs': did you mean csv?"),
    ("submission", "written", "there are csv, jsonl, model-index, pwc, records"),
    ("csv", "read", "no format that can be read is called 'csv'"),
])  # fmt: skip
def test_a_name_that_is_none_is_answered_with_those_that_are(name: str, verb: str, said: str) -> None:
    """One can only read, another only write."""
    what = is_readable if verb == "read" else (lambda form: form.write)
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        format_called(name, what, verb)


def test_a_format_of_another_package_works_from_file_to_board_and_out_again(installed: Path) -> None:
    """Nothing else is touched: `import` tells the file by itself, `build` shows it, `export` writes it."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--db", "x.db"])

    (installed / "results.tsv").write_text("Their model\timage-classification\ttheir-set\tTop 1\t81.5\nno fields\n")
    done = run("import", "results.tsv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "results.tsv: 1 claim of" in done.stdout
    assert "1 refused, a line without five fields: for example no fields" in done.stdout
    assert "kept as 'Their table results.tsv': CC BY, they" in done.stdout
    assert run("build", "--site", "site").exit_code == 0
    board = installed / "site" / "sota" / "image-classification-on-their-set" / "index.html"
    assert "Their model" in board.read_text()
    done = run("export", "--format", "their-tsv")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Their model\timage-classification\ttheir-set\tTop 1\t81.5" in done.stdout.splitlines()
    (installed / "broken.tsv").write_bytes(b"\xff\xfe\x00\x01")
    done = run("import", "broken.tsv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "broken.tsv: cannot be read as Their table" in done.stderr


def test_one_that_cannot_look_is_named_and_not_asked(installed: Path) -> None:
    """The others still tell their own."""
    offers = installed / "packages" / "their_format-1.0.dist-info" / "entry_points.txt"
    offers.write_text("[pwc_bench.formats]\nodd = their_format:ODD\n")
    (installed / "x.jsonl").write_text("{}\n")
    with pytest.warns(PluginWarning, match="the format odd is not asked: .*nothing"):
        assert recognised_format(installed / "x.jsonl").key == "jsonl"


def test_a_file_of_no_format_is_refused(tmp_path: Path) -> None:
    """With what would help."""
    (tmp_path / "x.txt").write_text("some text")
    with pytest.raises(UsageError, match="name its --format"):
        recognised_format(tmp_path / "x.txt")


def test_what_is_no_format_is_left_out_by_name(installed: Path) -> None:
    """As every offer of another package."""
    offers = installed / "packages" / "their_format-1.0.dist-info" / "entry_points.txt"
    offers.write_text("[pwc_bench.formats]\nodd = their_format:Reader\n")
    with pytest.warns(PluginWarning, match=r"their-format 1\.0 .* is left out"):
        assert "their-tsv" not in load_formats()
