"""An array read element by element."""

import io
import json
from collections.abc import Callable

import pytest

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.exchange.pwc_archive import reading as json_array
from pwc_bench.exchange.pwc_archive.reading import read_objects


def read(text: str) -> list[dict[str, object]]:
    """All objects of a text."""
    return list(read_objects(io.StringIO(text), "x.json"))


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 40, 1 << 20])
def test_objects_are_whole_whatever_is_read_at_once(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """Elements longer than a chunk, escapes, nested arrays, numbers and spaces at every border."""
    objects = [{"a": "x" * 50, "b": [1, 2, {"c": None}]}, {"d": 'quote " and \\ and ] }', "é": True}, {}]
    monkeypatch.setattr(json_array, "_CHUNK", chunk)
    monkeypatch.setattr(json_array, "_MARGIN", 32)
    for indent in (None, 2):
        found = read(f"\n {json.dumps(objects, indent=indent)} \n")
        assert json.loads(json.dumps(found).replace('"1"', "1").replace('"2"', "2")) == objects
    assert read("[]") == []


def test_numbers_keep_their_digits() -> None:
    """82.20 is not 82.2, and a huge number is no infinity."""
    assert read('[{"a": 82.20, "b": 1e999, "c": NaN, "d": -3}]') == [
        {"a": "82.20", "b": "1e999", "c": "NaN", "d": "-3"}
    ]


def test_an_element_at_a_time_is_in_memory() -> None:
    """What was yielded is let go: a stream ten times as long as its chunks is read with a short buffer."""
    element = json.dumps({"a": "x" * 1000})
    stream = io.StringIO("[" + ",".join([element] * 5000) + "]")
    reader = json_array._Reader(stream, "x")
    longest = 0
    for _ in reader.objects():
        longest = max(longest, len(reader._text))
    assert longest < 3 * json_array._CHUNK


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "character 1: must be a JSON array"),
        ('{"task": "x"}', "character 1: must be a JSON array"),
        ("[1]", "must be an object"),
        ('["a"]', "must be an object"),
        ('[{"a": 1}', "followed by a comma or by its end"),
        ('[{"a": 1} {"b": 2}]', "followed by a comma or by its end"),
        ('[{"a": 1},]', "a comma before the array's end"),
        ('[{"a": 1}] x', "something follows the array"),
        ('[{"a": ', "not JSON"),
        ('[{"a": "endless', "not JSON"),
        ('[{"a" 1}' + " " * 100 + "]", "character 7: not JSON"),
        ('[{"a": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_array_of_objects_is_refused(text: str, message: str) -> None:
    """Each complaint names the file and the place, on one line."""
    with pytest.raises(KnowledgeError) as caught:
        read(text)
    assert str(caught.value).startswith("x.json: character ")
    assert message in str(caught.value)


def test_bytes_that_are_no_text_and_streams_that_end_are_named() -> None:
    """A Latin-1 file, a gzip file that was cut off."""
    latin = io.TextIOWrapper(io.BytesIO('[{"a": "é"}]'.encode("latin-1")), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="not UTF-8 text"):
        list(read_objects(latin, "x.json"))

    class Broken(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")

    with pytest.raises(KnowledgeError, match="cannot be read: Compressed file ended"):
        list(read_objects(Broken(), "x.json"))


def test_an_endless_element_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr(json_array, "_CHUNK", 16)
    monkeypatch.setattr(json_array, "_LARGEST", 100)
    check: Callable[[], list[dict[str, object]]] = lambda: read('[{"a": "' + "x" * 1000 + '"}]')  # noqa: E731
    with pytest.raises(KnowledgeError, match="a task of more than"):
        check()
