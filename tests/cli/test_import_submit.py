"""`submit`, `import`, and `export` of claims: the real commands on a real database."""

import gzip
import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pwc_bench.api.places import load_catalogue
from pwc_bench.cli.app import app
from pwc_bench.core.claim import Claim
from pwc_bench.core.record import PredictionsFile, Record, record_to_json
from pwc_bench.exchange import load_knowledge
from pwc_bench.store import open_existing_store
from tests.factories import make_record

CLAIM = """\
claims:
  - {paper: convit, model: ConViT-S, variant: convit-s, task: image-classification, dataset: imagenet-1k,
     metric: top1, value: "81.9", unit: "%", source: a blog, source_url: "https://example.org/blog"}
"""
TABLES = [
    {
        "task": "Juggling",
        "datasets": [
            {
                "dataset": "Circus",
                "sota": {"rows": [{"model_name": "Clown", "metrics": {"Balls": "7", "Falls": "few", "Grace": "82%"}}]},
            }
        ],
    }
]


def done(runner: CliRunner, *arguments: str, code: int = 0) -> Result:
    """Run a command that must end with `code`."""
    result = runner.invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result


def claims(db: str = "results/pwc-bench.db") -> list[Claim]:
    """All claims of a database."""
    with open_existing_store(db) as store:
        return list(store.archive(load_catalogue()).claims())


def written(path: Path, records: list[Record]) -> Path:
    """A file of records."""
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("".join(record_to_json(record) + "\n" for record in records))
    return path


def test_a_submission_is_kept_beside_what_it_contradicts(runner: CliRunner, place: Path) -> None:
    """The first word about a database that is not there yet; the package's own claims stay as they are."""
    (place / "x.yaml").write_text(CLAIM)
    said = done(runner, "submit", "x.yaml", "--by", "Ada").stdout
    assert "1 claim: 1 new." in said
    assert "contradicts: ConViT-S, top1 on imagenet-1k: 81.9 %, a blog: convit, Table 1 prints 81.3 %" in said
    assert "Kept as 'submission x.yaml by Ada'" in said
    assert set(claims()) > set(load_knowledge().claims)
    assert "1 unchanged" in done(runner, "submit", "x.yaml", "--by", "Ada").stdout
    (place / "x.yaml").write_text(CLAIM.replace("81.9", "81.8"))
    assert (
        "changed: ConViT-S, top1 on imagenet-1k: 81.8 %, a blog, before 81.9"
        in done(runner, "submit", "x.yaml", "--by", "Ada").stdout
    )
    (place / "x.yaml").write_text("methods: []\n")
    assert "1 that it said before and no more: removed" in done(runner, "submit", "x.yaml", "--by", "Ada").stdout
    assert set(claims()) == set(load_knowledge().claims)


def test_a_submission_cannot_rewrite_the_package(runner: CliRunner, place: Path) -> None:
    """The same claim with another value is not taken, and says who keeps it: nothing is called kept."""
    (place / "x.yaml").write_text(CLAIM.replace("a blog", "Table 1"))
    refused = done(runner, "submit", "x.yaml", code=2)
    assert "1 claim: 1 not taken." in refused.stdout
    assert "package says 81.3, and keeps it" in refused.stdout
    assert "Kept as" not in refused.stdout
    assert "x.yaml: none of the claims is taken" in refused.stderr
    assert "kept as" not in done(runner, "import", "x.yaml").stdout
    assert set(claims()) == set(load_knowledge().claims)


@pytest.mark.parametrize("exists", [True, False])
def test_a_dry_run_writes_nothing(runner: CliRunner, place: Path, exists: bool) -> None:
    """Neither a database nor a claim."""
    (place / "x.yaml").write_text(CLAIM)
    if exists:
        (place / "y.yaml").write_text("methods: []\n")
        done(runner, "submit", "y.yaml")
    said = done(runner, "submit", "x.yaml", "--dry-run").stdout
    assert "1 new" in said
    assert "contradicts" in said
    assert "Nothing was written" in said
    assert (place / "results").exists() is exists
    assert not exists or len(claims()) == len(load_knowledge().claims)


def test_a_broken_submission_is_refused_with_its_place(runner: CliRunner, place: Path) -> None:
    """File, line, field, and what to do; nothing is kept of it."""
    (place / "x.yaml").write_text(CLAIM.replace('"81.9"', "81.9"))
    for command in ("submit", "import"):
        result = done(runner, command, "x.yaml", code=2)
        assert "x.yaml:3: claims[0].value: must be a text, not a number (put it in quotes)" in result.stderr


def test_tables_come_with_a_count_of_what_was_refused(runner: CliRunner, place: Path) -> None:
    """Plain or compressed; an import again changes nothing, and attribution stands with it."""
    (place / "t.json").write_text(json.dumps(TABLES))
    said = done(runner, "import", "t.json").stdout
    assert "t.json: 2 claims of 1 task, 1 table" in said
    assert "1 refused, not one number: for example 'few' (Falls of Clown)" in said
    assert "CC BY-SA 4.0" in said
    (place / "t.json").unlink()
    with gzip.open(place / "t.json", "wt") as stream:
        json.dump(TABLES, stream)
    assert "2 unchanged" in done(runner, "import", "t.json").stdout
    balls, grace = (claim for claim in claims() if claim.model == "Clown")
    assert (balls.metric, balls.unit, grace.unit) == ("Balls", "", "%")
    result = done(runner, "build")
    assert result.stdout.startswith("site/index.html")
    assert (place / "site/sota/juggling-on-circus/index.html").is_file()


def test_a_file_that_lost_much_removes_nothing_unasked(runner: CliRunner, place: Path) -> None:
    """A file cut off between two rows is good JSON: a tenth of the claims may go, more only if somebody asks."""

    def count_after(rows: int, *arguments: str, code: int = 0) -> int:
        metrics = [{"model_name": f"m{number}", "metrics": {"Balls": str(number)}} for number in range(rows)]
        tables = [{"task": "Juggling", "datasets": [{"dataset": "Circus", "sota": {"rows": metrics}}]}]
        (place / "t.json").write_text(json.dumps(tables))
        result = done(runner, "import", "t.json", *arguments, code=code)
        if code:
            assert "18 of the 38 claims that 'PWC Archive t.json' has brought would be removed" in result.stderr
        return sum(claim.dataset == "circus" for claim in claims())

    assert count_after(40) == 40
    assert count_after(38) == 38
    assert count_after(20, code=2) == 38
    assert count_after(20, "--allow-removal") == 20


def test_a_broken_file_of_tables_leaves_nothing(runner: CliRunner, place: Path) -> None:
    """What was read before the fault is taken back."""
    (place / "t.json").write_text(json.dumps(TABLES)[:-1] + ', {"task": ')
    assert "not JSON" in done(runner, "import", "t.json", code=2).stderr
    assert not any(claim.model == "Clown" for claim in claims())


def test_our_export_comes_back_as_the_same_claims(runner: CliRunner, place: Path) -> None:
    """Through files and two databases; measured values are passed over, for they come as records."""
    written(place / "published/a.jsonl", [make_record("convit-ti"), make_record("convit-s", None)])
    (place / "t.json").write_text(json.dumps(TABLES))
    done(runner, "import", "published", "t.json")
    done(runner, "export", "--format", "pwc", "--output", "out.json")
    said = done(runner, "import", "out.json", "--db", "other.db").stdout
    assert "2 measured values passed over" in said
    assert set(claims("other.db")) == set(claims())
    tables = json.loads((place / "out.json").read_text())
    assert any(entry["dataset"].endswith("(measured by pwc-bench)") for task in tables for entry in task["datasets"])


def test_model_index_is_yaml_on_stdout(runner: CliRunner, place: Path) -> None:
    """Nothing else is there."""
    written(place / "a.jsonl", [make_record("convit-ti")])
    done(runner, "import", "a.jsonl")
    found = yaml.safe_load(done(runner, "export", "--format", "model-index").stdout)
    assert {model["name"] for model in found["model-index"]} >= {"ConViT-Ti", "DeiT-B+"}


def with_predictions(folder: Path, content: bytes, *, digest: str | None = None) -> Record:
    """A record with a predictions file below `folder`."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / f"predictions/{digest or sha256}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    record = make_record("convit-ti")
    predictions = PredictionsFile(f"predictions/{path.name}", digest or sha256)
    return replace(record, provenance=replace(record.provenance, predictions=predictions))


def test_records_come_with_their_predictions(runner: CliRunner, place: Path) -> None:
    """Verified, counted, and copied beside the database; a second time everything is known."""
    record = with_predictions(place / "theirs", b"rows")
    written(place / "theirs/a.jsonl", [record, make_record("convit-s", None), record])
    (place / "theirs/accepted.jsonl").write_text('{"not": "a record"}\n')
    said = done(runner, "import", "theirs").stdout
    assert "2 new records, 1 known already" in said
    assert "predictions: 1 copied, 1 there already" in said
    assert record.provenance.predictions is not None
    assert (place / "results" / record.provenance.predictions.path).read_bytes() == b"rows"
    assert "0 new records, 3 known already" in done(runner, "import", "theirs/a.jsonl").stdout


def test_predictions_are_never_taken_on_trust(runner: CliRunner, place: Path) -> None:
    """Other bytes, a path that leads elsewhere, a file that is not there: the record comes, the file does not."""
    wrong = with_predictions(place, b"rows", digest="ab" * 32)
    stray = replace(wrong, provenance=replace(wrong.provenance, predictions=PredictionsFile("../x.parquet", "ab" * 32)))
    absent = replace(
        wrong,
        provenance=replace(
            wrong.provenance, predictions=PredictionsFile(f"predictions/{'cd' * 32}.parquet", "cd" * 32)
        ),
    )
    written(place / "a.jsonl", [wrong, stray, absent])
    said = done(runner, "import", "a.jsonl", "--db", "own/x.db").stdout
    assert "3 new records" in said
    assert "1 not beside the records, 2 refused: not the bytes that the record names" in said
    assert [path.name for path in (place / "own").rglob("*.parquet")] == []
    assert not list((place / "own").rglob(".*"))


def test_a_bad_record_of_an_old_database_is_left_out_by_name(runner: CliRunner, place: Path) -> None:
    """What a laxer version has stored stops neither the site nor a list; it is named once, with its field."""
    written(place / "a.jsonl", [make_record()])
    done(runner, "import", "a.jsonl")
    with closing(sqlite3.connect(place / "results/pwc-bench.db")) as database, database:
        (text,) = database.execute("select document from record").fetchone()
        broken = text.replace('"device":"NVIDIA H200"', '"device":7')
        row = {"id": "f" * 64, "started": "2026-02-01T12:00:00Z", "document": broken}
        columns = [name for _, name, *_ in database.execute("pragma table_info(record)")]
        chosen = ", ".join(f":{name}" if name in row else name for name in columns)
        database.execute(f"insert into record select {chosen} from record", row)
    named = "warning: record ffffffffffff of the database is left out: field 'environment.device': expected text"
    for command in (("build", "--no-records"), ("list", "records")):
        assert done(runner, *command).stderr.count(named) == 1
    assert "cannot be shown: field 'environment.device'" in done(runner, "show", "ffff", code=2).stderr


def test_a_changed_record_stops_the_import_before_it_begins(runner: CliRunner, place: Path) -> None:
    """The line is named, and the good lines before it are not added either."""
    good, bad = record_to_json(make_record()), record_to_json(make_record("convit-ti")).replace("81.3", "91.3")
    (place / "a.jsonl").write_text(f"{good}\n{bad}\n")
    assert "a.jsonl:2:" in done(runner, "import", "a.jsonl", code=2).stderr
    with open_existing_store("results/pwc-bench.db") as store:
        assert not list(store.archive(load_catalogue()).records())


@pytest.mark.parametrize(
    ("name", "content", "arguments", "said"),
    [
        ("x.txt", b"hello", [], "neither records (JSON Lines) nor evaluation tables"),
        ("x.json", b"", [], "neither records"),
        ("x.json", b"\xff\xfe", [], "neither records"),
        ("x.json", b'[{"task": "\xff"}]', [], "not UTF-8 text"),
        ("x.json", b"\x1f\x8b\x08broken", [], "cannot be read"),
        ("x.jsonl", gzip.compress(b'{"schema": 1}', mtime=0), [], "unpack the file first"),
        ("x.json", b"[]", ["--format", "records"], "x.json:1:"),
        ("nothing/", b"", [], "no file of records (*.jsonl) in this folder"),
    ],
)
def test_files_of_no_form_are_refused(
    runner: CliRunner, place: Path, name: str, content: bytes, arguments: list[str], said: str
) -> None:
    """Each with its name and what is wrong."""
    if name.endswith("/"):
        (place / name).mkdir()
    else:
        (place / name).write_bytes(content)
    assert said in done(runner, "import", name, *arguments, code=2).stderr


def test_a_file_that_is_not_there_is_named(runner: CliRunner, place: Path) -> None:
    """By both commands."""
    assert "there is no such file" in done(runner, "import", "x.jsonl", code=2).stderr
    assert "cannot be read" in done(runner, "submit", "x.yaml", code=2).stderr
