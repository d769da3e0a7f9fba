"""A JSON array read element by element: a dump of gigabytes needs the memory of its largest element."""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from pwc_bench.core.errors import KnowledgeError

_CHUNK = 2**20
"""Characters read at once; doubled while an element goes on beyond what was read."""
_LARGEST = 2**29
"""An element of more characters is no task of an archive."""
_MARGIN = 32
"""A complaint this near to the end of what was read may be about an element that was cut off there."""
_SPACE = re.compile(r"[ \t\r\n]*")


class PrintedNumber(str):
    """A number with the digits that stand in the file: 82.20 stays "82.20"."""

    __slots__ = ()


def read_objects(stream: TextIO, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of the array in `stream`; numbers in them are PrintedNumbers.

    Raises KnowledgeError, beginning with `name`, where it is no array of objects, is cut off, or is no JSON.
    """
    yield from _Reader(stream, name).objects()


class _Reader:
    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._text = ""
        self._at = 0
        self._passed = 0
        """Characters that were read and let go."""
        self._is_whole = False
        self._decoder = json.JSONDecoder(
            parse_float=PrintedNumber, parse_int=PrintedNumber, parse_constant=PrintedNumber
        )

    def objects(self) -> Iterator[dict[str, Any]]:
        if self._next_mark() != "[":
            raise self._error("must be a JSON array of tasks, as the archive's evaluation tables are")
        self._at += 1
        mark = self._next_mark()
        while mark != "]":
            yield self._object()
            mark = self._next_mark()
            if mark == ",":
                self._at += 1
                if self._next_mark() == "]":
                    raise self._error("a comma before the array's end")
            elif mark != "]":
                raise self._error("an element of the array must be followed by a comma or by its end")
        self._at += 1
        if self._next_mark():
            raise self._error("something follows the array")

    def _next_mark(self) -> str:
        """Go to the next character that is no space, and return it; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._is_whole:
                return ""
            self._read_more()

    def _object(self) -> dict[str, Any]:
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._is_whole or not self._is_cut_off(error):
                    raise self._error(f"not JSON: {error.msg}", error.pos) from None
                self._read_more()
            except RecursionError:
                raise self._error("nested too deeply") from None
            else:
                if not isinstance(found, dict):
                    raise self._error("each element of the array must be an object, a task")
                self._at = end
                return found

    def _is_cut_off(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _MARGIN

    def _read_more(self) -> None:
        kept = self._text[self._at :]
        if len(kept) > _LARGEST:
            raise self._error(f"a task of more than {_LARGEST >> 20} million characters")
        try:
            more = self._stream.read(max(_CHUNK, len(kept)))
        except UnicodeDecodeError:
            raise self._error("not UTF-8 text") from None
        except (OSError, EOFError) as error:
            raise self._error(f"cannot be read: {error}") from None
        self._passed += self._at
        self._text, self._at, self._is_whole = kept + more, 0, not more

    def _error(self, message: str, at: int | None = None) -> KnowledgeError:
        place = self._passed + (self._at if at is None else at)
        return KnowledgeError(f"{self._name}: character {place + 1:,}: {message}")
