"""Files and folders of records, and what lies beside them."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.record import record_to_json
from pwc_bench.exchange import AbsentError, file_shelf, folder_shelf
from tests.factories import make_record

ONE, TWO = make_record("convit-s"), make_record("convit-ti")


def written(path: Path, *lines: str) -> Path:
    """Write a file of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def test_a_folder_holds_the_records_of_all_its_files(tmp_path: Path) -> None:
    """Each campaign's file counts, a record that stands twice once, and accepted.jsonl holds no records."""
    written(tmp_path / "a.jsonl", record_to_json(ONE))
    written(tmp_path / "b.jsonl", record_to_json(TWO), "", record_to_json(ONE))
    written(tmp_path / "notes.txt", "not a record")
    written(tmp_path / "accepted.jsonl")
    written(tmp_path / "below" / "c.jsonl", "not a record")
    assert folder_shelf(tmp_path).records == (ONE, TWO)


def test_files_beside_are_read_by_their_relative_path(tmp_path: Path) -> None:
    """Predictions lie relative to the records' own folder."""
    shelf = file_shelf(written(tmp_path / "a.jsonl", record_to_json(ONE)))
    written(tmp_path / "predictions" / "x.parquet", "content")
    assert shelf.read("predictions/x.parquet") == b"content\n"
    with pytest.raises(AbsentError, match=r"^there is no predictions/y\.parquet beside its record$"):
        shelf.read("predictions/y.parquet")
    with pytest.raises(AbsentError, match="is not read: a folder"):
        shelf.read("predictions")


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret", "a/../../secret", "", "c:\\secret", "https://x/y"])
def test_a_record_cannot_name_a_file_elsewhere(tmp_path: Path, path: str) -> None:
    """A record that somebody else wrote reaches nothing outside its own folder."""
    written(tmp_path / "secret", "hidden")
    shelf = file_shelf(written(tmp_path / "in" / "a.jsonl", record_to_json(ONE)))
    with pytest.raises(AbsentError, match="does not lie beside it"):
        shelf.read(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nothing", r"a\.jsonl:2: not JSON"),
        (record_to_json(TWO).replace("81.3", "99.9"), r"a\.jsonl:2: id .* the record was changed"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    """File, line and reason in one line."""
    path = written(tmp_path / "a.jsonl", record_to_json(ONE), line)
    with pytest.raises(RecordFormatError, match=message):
        file_shelf(path)
    with pytest.raises(RecordFormatError, match=message):
        folder_shelf(tmp_path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """Absent files and folders, and the file of accepted values, are no records."""
    with pytest.raises(RecordFormatError, match="cannot be read: No such file"):
        file_shelf(tmp_path / "none.jsonl")
    with pytest.raises(RecordFormatError, match="cannot be read: No such file"):
        folder_shelf(tmp_path / "none")
    with pytest.raises(RecordFormatError, match="holds accepted values and no records"):
        file_shelf(written(tmp_path / "accepted.jsonl"))


def test_reports_do_not_name_the_folders_that_lead_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others read reports: a path in this folder is shown from here, another one by its end."""
    folder = written(tmp_path / "here" / "results" / "a.jsonl", record_to_json(ONE)).parent
    assert folder_shelf(folder).name == "\N{HORIZONTAL ELLIPSIS}/here/results"
    monkeypatch.chdir(tmp_path / "here")
    assert folder_shelf(folder).name == "results"
    assert folder_shelf(Path("results")).name == "results"
    assert folder_shelf(Path("..", "here", "results")).name == "../here/results"
