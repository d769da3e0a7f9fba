"""Every field of a record has one declared form; whatever is no record is refused by its field, in one line."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pwc_bench.core import record_schema
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Environment, PredictionsFile, Provenance, Record, Weights, record_to_json
from pwc_bench.core.record_json import record_from_json
from pwc_bench.core.text_forms import writable
from pwc_bench.core.variant import Recipe
from tests.factories import make_measurement, make_record

LINE = record_to_json(
    make_record(measurements={"top1": make_measurement(81.25, "%", half_width=0.5)}, reason="12 of 50 images")
)
SOME_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)


def places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to each value within `value`."""
    if way:
        yield way
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places(inner, (*way, step))


def changed(way: tuple[str | int, ...], put: object) -> str:
    """Return the line with another value at one place."""
    data = json.loads(LINE)
    place = data
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = put
    return json.dumps(data)


PLACES = sorted((way for way in places(json.loads(LINE)) if way[-1] not in {"details", "extra"}), key=str)
"""All but the two fields that hold any JSON object."""


@pytest.mark.parametrize("way", PLACES, ids=lambda way: ".".join(map(str, way)))
@pytest.mark.parametrize(
    "put",
    [{"x": [None]}, [[7]], "\x1b", "\ud800", 10**400, math.inf],
    ids=["object", "list", "control", "surrogate", "digits", "overflow"],
)
def test_no_field_takes_what_is_not_its_own(way: tuple[str | int, ...], put: object) -> None:
    """A wrong type in any field, a control character, half a character, a number out of bounds: one line names it."""
    line = changed(way, put).replace("Infinity", "1e400")
    with pytest.raises(RecordFormatError) as caught:
        record_from_json(line)
    message = str(caught.value)
    assert message.isprintable()
    assert str(way[0]) in message


@pytest.mark.parametrize(
    ("way", "put", "message"),
    [
        ("environment.device", 7, "field 'environment.device': expected text, not a whole number"),
        ("environment.batch_size", 0, "field 'environment.batch_size': expected a whole number >= 1"),
        ("environment.batch_size", True, "field 'environment.batch_size': expected a whole number, not true or false"),
        ("environment.colour", "red", "field 'environment.colour' is not known"),
        ("colour", "red", "field 'colour' is not known"),
        ("started", "2026-02-31T12:00:00Z", "field 'started': '2026-02-31T12:00:00Z' is no day of the calendar"),
        ("started", "yesterday", "field 'started': expected a time like 2026-01-31T12:00:00Z"),
        ("status", "great", "field 'status': not known: 'great'"),
        ("campaign", "two\nlines", "field 'campaign': expected text of one line"),
        ("provenance.manifest_sha256", "00", "field 'provenance.manifest_sha256': expected 64 hexadecimal digits"),
        ("measurements.top1.interval", [2, 1], "field 'measurements.top1.interval': its ends are in the wrong order"),
        ("measurements.top1.interval", [1], "field 'measurements.top1.interval': expected a list of length 2, not 1"),
        ("measurements.top1.unit", None, "field 'measurements.top1.unit': expected text, not null"),
        ("extra.x", "\x1b[2J", "field 'extra.x' holds the control character U+001B"),
        ("schema", True, "schema True is no version of this form: the newest is 1"),
        ("schema", [], "schema [] is no version of this form: the newest is 1"),
    ],
)
def test_the_words_name_the_field_and_what_is_expected(way: str, put: object, message: str) -> None:
    """The words are ours, whichever library has looked."""
    with pytest.raises(RecordFormatError) as caught:
        record_from_json(changed(tuple(way.split(".")), put))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda line: line.replace('"value":81.25', '"value":81.25,"value":81.25'), "the key 'value' comes twice"),
        (lambda line: line.replace('"value":81.25', '"value":NaN'), "NaN is not a number"),
        (
            lambda line: line.replace('"value":81.25', '"value":' + "1" * 5000),
            "top1.value' is a whole number of more than 64 bits",
        ),
        (lambda line: line.replace('"extra":{', '"extra":{"x":' + "[" * 100_000 + "]" * 100_000), "not JSON|deep"),
        (lambda line: line.replace('"extra":{', '"extra":{"x":' + "[" * 80 + "]" * 80), "deep"),
        (lambda line: line.replace('"unit":"%",', ""), "field 'measurements.top1.unit' is missing"),
        (lambda line: line[:-1], "not JSON"),
    ],
)
def test_what_no_json_of_ours_holds_is_told(spoil: Callable[[str], str], message: str) -> None:
    """Keys that come twice, numbers without a size, lists without an end."""
    with pytest.raises(RecordFormatError, match=message):
        record_from_json(spoil(LINE))


def refusal(line: str) -> str | None:
    """Return why a line is no record; None if it is one, and then the very one that its id names."""
    try:
        assert record_from_json(line).id == json.loads(LINE)["id"]
    except RecordFormatError as error:
        return str(error)
    return None


@settings(max_examples=60, derandomize=True, deadline=None)
@given(way=st.sampled_from(PLACES), put=SOME_JSON)
def test_any_value_anywhere_is_a_record_or_refused(way: tuple[str | int, ...], put: object) -> None:
    """Whatever stands wherever: what is taken is the very content of its id, all else is refused in one line."""
    message = refusal(changed(way, put))
    assert message is None or message.isprintable()


@settings(max_examples=60, derandomize=True, deadline=None)
@given(text=st.text(st.characters()) | SOME_JSON.map(json.dumps))
def test_any_text_is_refused_in_one_line(text: str) -> None:
    """No text ends in another error."""
    with pytest.raises(RecordFormatError) as caught:
        record_from_json(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("form", "value", "beyond"),
    [
        ("RecordForm", Record, {"schema", "id"}),
        ("EnvironmentForm", Environment, set()),
        ("ProvenanceForm", Provenance, set()),
        ("MeasurementForm", Measurement, set()),
        ("RecipeForm", Recipe, {"sha256"}),
        ("WeightsForm", Weights, set()),
        ("PredictionsFileForm", PredictionsFile, set()),
    ],
)
def test_each_field_of_a_value_has_a_form(form: str, value: type[Any], beyond: set[str]) -> None:
    """A field added to a value and not to the form would be written and never read."""
    declared = set(getattr(record_schema, form).__struct_fields__)
    assert declared == {field.name for field in fields(value)} | beyond


def test_a_files_name_that_no_text_can_hold_is_made_writable() -> None:
    """Names of files hold any bytes; the record that names them as unreadable can itself be read."""
    record = make_record()
    names = tuple(map(writable, ("a\x1b[2J.jpg", "b\udcff.jpg", "c\nd.jpg")))
    assert names == ("a\N{REPLACEMENT CHARACTER}[2J.jpg", "b\N{REPLACEMENT CHARACTER}.jpg", "c\nd.jpg")
    named = replace(record, provenance=replace(record.provenance, images_failed=names))
    assert record_from_json(record_to_json(named)) == named
