"""Evaluation tables as claims: tasks, data sets, papers and numbers, task by task."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TextIO

from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Paper, Task
from pwc_bench.core.links import board_path
from pwc_bench.core.text_forms import slugify
from pwc_bench.exchange.formats import Tally
from pwc_bench.exchange.pwc_archive.names import Names
from pwc_bench.exchange.pwc_archive.papers import RowPaper, RowPapers, day_of
from pwc_bench.exchange.pwc_archive.values import (
    OwnClaim,
    PrintedValue,
    Refusal,
    clean_text,
    clean_url,
    own_claim,
    read_value,
)

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


SOURCE = "PWC Archive, evaluation tables"
ATTRIBUTION = (
    "data of the Papers with Code contributors, PWC Archive, CC BY-SA 4.0 "
    "(https://creativecommons.org/licenses/by-sa/4.0/); changed: reduced to single numbers with their sources"
)
"""What the licence asks for: who made the data, its terms, and that it was changed."""

_NESTED = 32
"""Tasks and data sets nest a few levels; deeper ones are not read."""


class TableReader:
    """Reads one file; `tally` fills while it is read."""

    def __init__(self, names: Names) -> None:
        self.tally = Tally()
        self._names = names
        self._met: dict[int, str] = {}
        """The hash of each claim's identity, with its value: a table may hold a row twice."""
        self._papers = RowPapers(names)
        self._boards = dict(names.boards)

    def parts(self, stream: TextIO, name: str) -> Iterator[Knowledge]:
        """Yield what each task of the file says. Raises KnowledgeError where the file is no array of tasks."""
        for task in read_objects(stream, name):
            yield self._task(task)

    def _task(self, raw: Mapping[str, Any]) -> Knowledge:
        tasks: list[Task] = []
        cards: list[DatasetCard] = []
        papers: dict[str, Paper] = {}
        claims: list[Claim] = []
        waiting = [(raw, 0)]
        while waiting:
            entry, depth = waiting.pop()
            title = clean_text(entry.get("task"))
            if not title:
                self.tally.refuse("a task without a name", "")
                continue
            slug = slugify(title)
            tasks.append(Task(slug, title, clean_text(entry.get("description"))))
            self.tally.tasks += 1
            for dataset in _entries(entry.get("datasets")):
                self._dataset(dataset, slug, cards, papers, claims)
            if depth < _NESTED:
                waiting += [(child, depth + 1) for child in reversed(_entries(entry.get("subtasks")))]
        return Knowledge(tuple(papers.values()), tuple(tasks), tuple(cards), (), tuple(claims))

    def _dataset(
        self, raw: Mapping[str, Any], task: str, cards: list[DatasetCard], papers: dict[str, Paper], claims: list[Claim]
    ) -> None:
        waiting = [(raw, 0)]
        while waiting:
            entry, depth = waiting.pop()
            title = clean_text(entry.get("dataset") or entry.get("subdataset"))
            sota = entry.get("sota")
            rows = _entries(sota.get("rows")) if isinstance(sota, Mapping) else []
            own = entry.get("pwc_bench")
            if isinstance(own, Mapping) and own.get("measured") is True:
                self.tally.measured += sum(len(_metrics(row)) for row in rows)
                continue
            if not title:
                self.tally.refuse("a table without a data set's name", task)
                continue
            key = _own_key(own) or self._names.dataset(title)
            if rows and self._boards.setdefault(board_path(task, key), (task, key)) != (task, key):
                self.tally.refuse("a leaderboard with the address of another", f"{title} in {task}", len(rows))
                continue
            links = _entries(entry.get("dataset_links"))
            homepage = next((url for link in links if (url := clean_url(link.get("url")))), None)
            cards.append(DatasetCard(key, title, clean_text(entry.get("description")), homepage, tasks=(task,)))
            self.tally.tables += bool(rows)
            for row in rows:
                self._row(row, task, key, papers, claims)
            if depth < _NESTED:
                waiting += [(child, depth + 1) for child in reversed(_entries(entry.get("subdatasets")))]

    def _row(
        self, row: Mapping[str, Any], task: str, dataset: str, papers: dict[str, Paper], claims: list[Claim]
    ) -> None:
        model, metrics = clean_text(row.get("model_name")), _metrics(row)
        own = own_claim(row)
        paper = self._papers.of(row, own.paper if own else None)
        if not model:
            self.tally.refuse("a row without a model's name", paper.title or dataset, len(metrics))
            return
        self._papers.describe(paper, task, papers)
        for name, raw in metrics.items():
            metric = clean_text(name)
            value = own.value(name, raw) if own else read_value(raw)
            if isinstance(value, Refusal) or not metric:
                reason = str(value) if isinstance(value, Refusal) else "a metric without a name"
                self.tally.refuse(reason, f"{str(raw)[:40]!r} ({metric} of {model})")
                continue
            said = self._claim(row, own, metric, value, paper, (model, task, dataset))
            if not self._names.is_possible(said):
                self.tally.refuse("a value that the metric cannot have", f"{said.value!r} ({metric} of {model})")
                continue
            claim = self._taken(said, row)
            if claim is not None:
                claims.append(claim)
                self.tally.claims += 1

    def _claim(
        self,
        row: Mapping[str, Any],
        own: OwnClaim | None,
        name: str,
        value: PrintedValue,
        paper: RowPaper,
        about: tuple[str, str, str],
    ) -> Claim:
        model, task, dataset = about
        metric = self._names.metric(name)
        return Claim(
            paper=paper.slug,
            model=model,
            variant=own.variant if own else self._names.variants.get((paper.slug, model)),
            task=task,
            dataset=dataset,
            metric=own.metrics.get(name, metric) if own else metric,
            value=value.number,
            unit=own.units.get(name, value.unit) if own else value.unit or self._names.unit(name, value.number),
            source=own.source if own else SOURCE,
            uses_additional_data=_flag(row.get("uses_additional_data")),
            evaluated_on=own.evaluated_on if own else paper.result_day,
            conditions=own.conditions if own else value.spread,
            source_url=own.source_url if own else paper.url,
        )

    def _taken(self, claim: Claim, row: Mapping[str, Any]) -> Claim | None:
        """Return the claim where it says something new; a second value for one thing is told apart by its date."""
        if self._is_first(claim):
            return claim
        known = self._met[hash(claim.identity)]
        day = day_of(row)
        if known != claim.value and day is not None and own_claim(row) is None:
            dated = replace(claim, conditions=", ".join(filter(None, (claim.conditions, f"dated {day}"))))
            if self._is_first(dated):
                return dated
        reason = "a row that stands twice" if known == claim.value else "a second value for the same thing"
        self.tally.refuse(reason, f"{claim.value!r} ({claim.metric} of {claim.model} on {claim.dataset})")
        return None

    def _is_first(self, claim: Claim) -> bool:
        key = hash(claim.identity)
        if key in self._met:
            return False
        self._met[key] = claim.value
        return True


def _entries(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; the archive leaves lists out, or has null for them."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _metrics(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("metrics")
    return found if isinstance(found, Mapping) else {}


def _flag(value: object) -> bool | None:
    """Return true or false; None where the row has null, another word, or no such field."""
    return value if isinstance(value, bool) else None


def _own_key(own: object) -> str | None:
    key = own.get("key") if isinstance(own, Mapping) else None
    return clean_text(key) or None
