"""`list` and `show`: what there is, for people and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_dict
from tests.cli.conftest import demo_campaign, stored
from tests.factories import make_record


def invoke(runner: CliRunner, *arguments: str) -> str:
    """Run a command that must succeed, and return its stdout."""
    result = runner.invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("variants", ["key", "title", "family", "recipe", "weights"]),
        ("datasets", ["key", "title", "classes", "images", "licence"]),
        ("metrics", ["key", "title", "unit", "better", "kind", "scope"]),
        ("records", ["id", "variant", "dataset", "status", "started", "campaign", "device", "metrics"]),
        ("campaigns", ["name", "started", "records", "note"]),
    ],
)
def test_json_rows_have_stable_fields(runner: CliRunner, database: Path, kind: str, columns: list[str]) -> None:
    """Every row of a kind has the same fields, in the same order."""
    rows = json.loads(invoke(runner, "list", kind, "--json"))
    assert rows
    assert all(list(row) == columns for row in rows)


def test_a_pipe_gets_one_line_a_row(runner: CliRunner, database: Path) -> None:
    """Lines are never broken where nobody looks at them: they can be searched."""
    lines = invoke(runner, "list", "records").splitlines()
    assert len(lines) == 2 + 9
    assert all(line == line.rstrip() for line in lines)
    assert any("convit-b-plus" in line and "2026-01-01-test" in line for line in lines)


def test_empty_kinds_say_so(runner: CliRunner, place: Path) -> None:
    """A database without records says how to get some, and is an empty array as JSON."""
    stored(place / "empty.db", [])
    assert "holds no records yet" in invoke(runner, "list", "records", "--db", "empty.db")
    assert json.loads(invoke(runner, "list", "records", "--db", "empty.db", "--json")) == []


def test_declared_kinds_need_no_database(runner: CliRunner, place: Path) -> None:
    """What can be measured is known before the first run, and nothing is created by asking."""
    assert "ConViT-Ti+" in invoke(runner, "list", "variants")
    assert not list(place.iterdir())


def test_unknown_kind_is_a_usage_error(runner: CliRunner) -> None:
    """The kinds are named where one is mistyped."""
    result = runner.invoke(app, ["list", "models"])
    assert result.exit_code == 2
    assert "campaigns" in result.stderr


def test_database_comes_from_the_environment(
    runner: CliRunner, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PWC_BENCH_DB names the database where --db does not."""
    moved = database.rename(database.with_name("moved.db"))
    monkeypatch.setenv("PWC_BENCH_DB", str(moved))
    assert "demo-run" in invoke(runner, "list", "campaigns")


@pytest.mark.parametrize("key", ["convit-s", "ConViT-S", "convit-S"])
def test_variant_by_key_or_title(runner: CliRunner, database: Path, key: str) -> None:
    """A variant is found by key and title, whatever the case; claims stand beside measurements."""
    found = json.loads(invoke(runner, "show", key, "--json"))
    assert (found["kind"], found["key"], found["title"]) == ("variant", "convit-s", "ConViT-S")
    gflops = next(row for row in found["metrics"] if row["metric"] == "gflops")
    assert [m["value"] for m in gflops["measured"]] == [5.757]
    assert [c["value"] for c in gflops["claims"]] == ["5.4"]
    assert gflops["claims"][0]["source"] == "Table 1"
    lines = invoke(runner, "show", key).splitlines()
    place = lines.index("GFLOPs")
    assert lines[place + 1].startswith("  measured  5.757 GFLOPs, NVIDIA H200, fp32, record ")
    assert lines[place + 2] == "  claimed   5.4 GFLOPs, convit, Table 1"
    assert lines[place + 3].strip().startswith("+0.357 (+6.6 %): reproduced without the attention products: 5.358")
    assert max(map(len, lines)) <= 80


def test_demo_accuracy_is_marked(runner: CliRunner, database: Path) -> None:
    """A demo's accuracy says that it is one, and stands beside no claim."""
    lines = invoke(runner, "show", "convit-ti").splitlines()
    demo = [line for line in lines if "(demo)" in line]
    assert len(demo) == 1
    assert "76.56 %" in demo[0]
    assert "convit, Table 1" not in demo[0]
    place = invoke(runner, "show", "convit-ti").splitlines().index(demo[0])
    assert not invoke(runner, "show", "convit-ti").splitlines()[place + 1].startswith("  claimed")


def test_record_by_the_first_digits_of_its_id(runner: CliRunner, database: Path) -> None:
    """A record is shown whole: its JSON is the record."""
    record = demo_campaign()[0]
    found = json.loads(invoke(runner, "show", record.id[:10], "--json"))
    assert found.pop("kind") == "record"
    assert record_from_dict(found) == record
    assert "gflops:" in invoke(runner, "show", record.id)


def test_campaign_paper_dataset_and_metric(runner: CliRunner, database: Path) -> None:
    """Other things are found by their names."""
    assert len(json.loads(invoke(runner, "show", "demo-run", "--json"))["records"]) == 3
    assert json.loads(invoke(runner, "show", "convit", "--json"))["kind"] == "paper"
    assert len(json.loads(invoke(runner, "show", "imagenet-1k", "--json"))["classes"]) == 1000
    assert "better: higher" in invoke(runner, "show", "top1")


@pytest.mark.parametrize("key", ["convit:convit-s:top1", "convit:ConViT-S:top1"])
def test_claim_by_paper_model_and_metric(runner: CliRunner, place: Path, key: str) -> None:
    """A claim is known before the first run, with the digits it was printed with."""
    claims = json.loads(invoke(runner, "show", key, "--json"))["claims"]
    assert claims[0]["value"] == "81.3"
    assert claims[0]["source"] == "Table 1"


@pytest.mark.parametrize("key", ["nothing", "convit:convit-s:nothing", "dead", "::", ""])
def test_unknown_things_are_refused(runner: CliRunner, database: Path, key: str) -> None:
    """A key that means nothing ends with 2 and says where to look."""
    result = runner.invoke(app, ["show", key])
    assert result.exit_code == 2
    assert "pwc-bench list" in result.stderr


def test_model_of_no_family_is_shown_by_its_records(runner: CliRunner, place: Path) -> None:
    """A timm model is no declared variant: its measurements are shown all the same."""
    stored(place / "x.db", [make_record("timm:resnet50", None)])
    found = json.loads(invoke(runner, "show", "timm:resnet50", "--db", "x.db", "--json"))
    assert found["key"] == "timm:resnet50"
    assert [row["metric"] for row in found["metrics"]] == ["gflops", "parameters", "throughput"]


def speeds(device: str = "NVIDIA H200", **rounds: float) -> list[Record]:
    """Speeds of several variants on one machine, in the order given."""
    return [
        make_record(
            key.replace("_", "-"),
            None,
            device=device,
            measurements={"throughput": Measurement(speed, "images/s", samples=(speed, speed * 1.01, speed * 0.99))},
        )
        for key, speed in rounds.items()
    ]


def test_verdicts_are_values_in_json(runner: CliRunner, place: Path) -> None:
    """Each claim names the record that answers it, the signed difference, the verdict, and how it was reached."""
    records = [make_record("convit-s", None), make_record("convit-s", "imagenet-1k")]
    stored(place / "results" / "pwc-bench.db", records)
    found = json.loads(invoke(runner, "show", "convit-s", "--json"))
    by_metric = {row["metric"]: row["claims"][0] for row in found["metrics"] if row["claims"]}
    gflops, parameters = by_metric["gflops"], by_metric["parameters"]
    assert (gflops["verdict"], gflops["convention"], gflops["record"]) == (
        "reproduced",
        "without-attention-products",
        records[0].id,
    )
    assert (gflops["difference"], round(gflops["difference_percent"], 1)) == (0.357, 6.6)
    assert {c["key"]: c["prints"] for c in gflops["conventions"]} == {
        "total": False,
        "without-attention-products": True,
        "doubled": False,
    }
    assert (parameters["verdict"], parameters["convention"]) == ("reproduced", "without-head")
    assert by_metric["throughput"]["verdict"] == "not comparable"
    assert "Quadro GP100" in by_metric["throughput"]["reason"]
    assert (by_metric["top1"]["verdict"], by_metric["top1"]["basis"]) == ("reproduced", "digits")


def test_speeds_are_compared_as_ratios(runner: CliRunner, place: Path) -> None:
    """Half as fast as DeiT-Ti on both GPUs is reproduced, the text says what was compared; a CPU refutes nothing."""
    stored(place / "results" / "pwc-bench.db", speeds(deit_ti=200.0, convit_ti=101.8, convit_s=10.0))
    found = json.loads(invoke(runner, "show", "convit-ti", "--json"))
    (claim,) = next(row["claims"] for row in found["metrics"] if row["metric"] == "throughput")
    assert (claim["verdict"], claim["ratio"]["reference"], claim["difference"]) == ("reproduced", "DeiT-Ti", None)
    assert claim["ratio"]["claimed"] == pytest.approx(734 / 1442)
    text = " ".join(invoke(runner, "show", "ConViT-S").split())
    assert "below as a ratio to DeiT-Ti: claimed 0.212, measured 0.050" in text
    assert "claimed on Quadro GP100, batch 128, measured on NVIDIA H200" in text
    stored(place / "cpu.db", speeds("CPU", deit_ti=200.0, convit_s=10.0))
    found = json.loads(invoke(runner, "show", "convit-s", "--json", "--db", str(place / "cpu.db")))
    (claim,) = next(row["claims"] for row in found["metrics"] if row["metric"] == "throughput")
    assert (claim["verdict"], claim["basis"], claim["ratio"]["measured"]) == ("not comparable", None, 0.05)


def test_a_paper_shows_what_became_of_its_claims(runner: CliRunner, place: Path) -> None:
    """Its claims with their verdicts, and which convention prints which of them, within 80 columns."""
    records = [make_record(key, None, measurements=cost) for key, cost in COSTS.items()]
    stored(place / "results" / "pwc-bench.db", [*records, *speeds(deit_ti=200.0, convit_b=20.0)])
    lines = invoke(runner, "show", "convit").splitlines()
    text = " ".join(" ".join(lines).split())
    summary = "No one convention prints all 2 claims: total 1, without the attention products 1, doubled"
    assert f"GFLOPs in Table 1: {summary}" in text
    assert "34 claims under other conditions" in text
    assert any(line.split()[:6] == ["ConViT-S", "5.4", "5.757", "5.358", "*", "11.514"] for line in lines)
    assert any(line.startswith("ConViT-B ") and "ratio to DeiT-Ti" in line for line in lines)
    conventions = json.loads(invoke(runner, "show", "convit", "--json"))["conventions"]
    assert [(table["title"], table["printed"]) for table in conventions] == [
        ("GFLOPs in Table 1", ["1 of 2", "1 of 2", "0 of 2"])
    ]


COSTS = {
    "convit-s": {"gflops": Measurement(5.757, "GFLOPs", details={"operators": {"linear": 5.283, "matmul": 0.399}})},
    "convit-s-plus": {"gflops": Measurement(10.016, "GFLOPs", details={"operators": {"matmul": 0.532}})},
}
