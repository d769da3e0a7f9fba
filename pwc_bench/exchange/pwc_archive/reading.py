"""Evaluation tables as claims: tasks, data sets, papers and numbers, task by task."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TextIO

from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Paper, Task
from pwc_bench.core.links import board_path
from pwc_bench.core.text_forms import slugify
from pwc_bench.exchange.pwc_archive.json_array import read_objects
from pwc_bench.exchange.pwc_archive.names import Names
from pwc_bench.exchange.pwc_archive.own_fields import OwnClaim, own_claim
from pwc_bench.exchange.pwc_archive.papers import RowPaper, RowPapers, day_of
from pwc_bench.exchange.pwc_archive.texts import clean_text, clean_url
from pwc_bench.exchange.pwc_archive.values import PrintedValue, Refusal, read_value

SOURCE = "PWC Archive, evaluation tables"
ATTRIBUTION = (
    "data of the Papers with Code contributors, PWC Archive, CC BY-SA 4.0 "
    "(https://creativecommons.org/licenses/by-sa/4.0/); changed: reduced to single numbers with their sources"
)
"""What the licence asks for: who made the data, its terms, and that it was changed."""

_NESTED = 32
"""Tasks and data sets nest a few levels; deeper ones are not read."""


@dataclass(slots=True)
class Tally:
    """What became of the values of a file."""

    tasks: int = 0
    tables: int = 0
    claims: int = 0
    measured: int = 0
    """Values of tables that pwc-bench measured: these are records, and come as records."""
    refused: Counter[str] = field(default_factory=Counter)
    """How many values or rows were refused, by reason."""
    examples: dict[str, str] = field(default_factory=dict)
    """The first one of each reason: "'Please tell us' (Test Accuracy of SAGN)"."""

    def refuse(self, reason: str, example: str, count: int = 1) -> None:
        """Count what was refused."""
        self.refused[reason] += count
        self.examples.setdefault(reason, example)


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
