"""A record survives JSON, and its id is its content."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import canonical_json, record_to_dict, record_to_json
from pwc_bench.core.record_json import record_from_json
from tests.factories import make_record


@pytest.mark.parametrize("dataset", [None, "imagenet-1k"])
def test_json_round_trip_keeps_everything(dataset: str | None) -> None:
    """What is written is read back equal, id included."""
    record = make_record(dataset=dataset)
    line = record_to_json(record)
    again = record_from_json(line)
    assert again == record
    assert again.id == record.id
    assert record_to_json(again) == line
    assert "\n" not in line


@pytest.mark.parametrize("later", [{"crop_mode": "squash"}, {"configuration": "train"}])
def test_what_a_recipe_says_beyond_the_usual_is_kept(later: dict[str, Any]) -> None:
    """Crop mode and configuration stand in the line if they are stated, and lines from before them keep their ids."""
    record = make_record("imagenet-1k")
    recipe = record.provenance.recipe
    assert recipe is not None
    assert not set(later) & set(json.loads(record_to_json(record))["provenance"]["recipe"])
    changed = replace(record, provenance=replace(record.provenance, recipe=replace(recipe, **later)))
    line = record_to_json(changed)
    assert later.items() <= json.loads(line)["provenance"]["recipe"].items()
    assert record_from_json(line) == changed
    assert record_to_json(record_from_json(line)) == line


def test_a_published_line_of_before_is_read_as_it_was_written() -> None:
    """A line of the first results, from before several fields, keeps its id and its numbers."""
    line = (Path(__file__).parent / "record-of-2026-11-22.jsonl").read_text().rstrip("\n")
    record = record_from_json(line)
    assert record.id == json.loads(line)["id"]
    said = json.loads(line)["measurements"]
    assert {key: m.value for key, m in record.measurements.items()} == {key: m["value"] for key, m in said.items()}
    assert record_to_json(record) == line


def test_id_changes_with_any_content() -> None:
    """Two records that differ in one field have different ids; equal ones the same."""
    record = make_record()
    assert make_record().id == record.id
    assert replace(record, duration_seconds=12.6).id != record.id


def test_changed_line_is_refused() -> None:
    """A record that was edited after the fact no longer matches its id."""
    data = json.loads(record_to_json(make_record()))
    data["measurements"]["top1"]["value"] = 99.0
    with pytest.raises(RecordFormatError, match="was changed"):
        record_from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"schema": 2}', "another version"),
        ('{"schema": 1}', "missing"),
        (record_to_json(make_record()).replace("81.3", "NaN"), "NaN is not a number"),
        (record_to_json(make_record()).replace('"complete"', '"great"'), "great"),
        (
            record_to_json(make_record()).replace('"value":81.3', '"value":"81.3"'),
            "measurements.top1.value': expected a number",
        ),
    ],
)
def test_bad_lines_are_named(line: str, message: str) -> None:
    """Each kind of damage has its own one-line message."""
    with pytest.raises(RecordFormatError, match=message) as caught:
        record_from_json(line)
    assert "\n" not in str(caught.value)


def test_canonical_json_refuses_nan() -> None:
    """NaN never enters a record."""
    with pytest.raises(ValueError, match="neither NaN nor infinity"):
        canonical_json({"value": float("nan")})


def test_what_is_unknown_is_left_out() -> None:
    """A field of a later version, None by default, must not change the ids of the records before it."""
    data = record_to_dict(make_record(dataset=None))
    assert None not in data["environment"].values()
    assert None not in data["provenance"].values()
    assert data["dataset"] is None


def test_the_side_of_the_input_is_the_settings_or_the_counts() -> None:
    """Records from before the setting was kept say it of what they counted; a speed alone says nothing."""
    shape = Measurement(1.0, "GFLOPs", details={"input": [1, 3, 176, 176]})
    record = make_record(measurements={"gflops": shape})
    assert record.input_px == 176
    assert replace(record, environment=replace(record.environment, input_px=224)).input_px == 224
    assert make_record(measurements={}).input_px is None


def test_a_batch_is_the_measurements_own_or_the_runs() -> None:
    """A latency is taken at batch 1, whatever the run's batch is."""
    latency = Measurement(6.2, "ms", details={"batch_size": 1})
    odd = Measurement(6.2, "ms", details={"batch_size": True})
    record = make_record(dataset=None, measurements={"latency_p50": latency, "throughput": odd})
    assert (record.batch_size_of("latency_p50"), record.batch_size_of("throughput")) == (1, 64)
