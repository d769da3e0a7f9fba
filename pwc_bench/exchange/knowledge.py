"""Knowledge files and submissions: one YAML schema, read strictly.

The top level holds `paper` (the one that the file is about), `papers` (further ones), `tasks`, `datasets`, `methods`,
`repositories` (code for `paper`) and `claims`. A claim without a `paper` of its own is one of `paper`'s. The fields of
each are declared in `core.knowledge_schema`, of which the published JSON Schema is made too.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar

from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, RelatedPaper, Repository, Task
from pwc_bench.core.knowledge_schema import CLAIM, DATASET, METHOD, PAPER, REPOSITORY, TASK
from pwc_bench.exchange.yaml_entries import read_entry
from pwc_bench.exchange.yaml_fields import Fields
from pwc_bench.exchange.yaml_tree import Place, read_tree

__all__ = ["load_knowledge", "load_knowledge_file", "merge_knowledge"]

Entry = TypeVar("Entry")


def load_knowledge() -> Knowledge:
    """Return everything that the package itself knows, from all files of `pwc_bench.knowledge`, in their order."""
    with as_file(files("pwc_bench.knowledge")) as folder:
        return merge_knowledge(load_knowledge_file(path) for path in sorted(folder.glob("*.yaml")))


def load_knowledge_file(path: Path) -> Knowledge:
    """Read one file. Raises KnowledgeError, one line that names the file, the line and the field."""
    top = Fields(read_tree(path), Place(path))
    main = top.mapping("paper")
    repositories = tuple(_repository(read_entry(REPOSITORY, fields)) for fields in top.mappings("repositories"))
    if main is None and repositories:
        raise top.error("`repositories` are those of `paper`, which is missing")
    paper = None if main is None else _paper(main, repositories)
    further = tuple(_paper(fields, ()) for fields in top.mappings("papers"))
    knowledge = Knowledge(
        papers=further if paper is None else (paper, *further),
        tasks=tuple(Task(**read_entry(TASK, fields)) for fields in top.mappings("tasks")),
        datasets=tuple(DatasetCard(**read_entry(DATASET, fields)) for fields in top.mappings("datasets")),
        methods=tuple(Method(**read_entry(METHOD, fields)) for fields in top.mappings("methods")),
        claims=_claims(top.mappings("claims"), None if paper is None else paper.slug),
    )
    top.finish()
    return merge_knowledge([knowledge])


def merge_knowledge(parts: Iterable[Knowledge]) -> Knowledge:
    """Return all parts as one. What two parts say alike stands once; raises KnowledgeError where they disagree."""
    found = list(parts)
    return Knowledge(
        papers=_once("paper", (((entry.slug,), entry) for part in found for entry in part.papers)),
        tasks=_once("task", (((entry.slug,), entry) for part in found for entry in part.tasks)),
        datasets=_once("data set", (((entry.key,), entry) for part in found for entry in part.datasets)),
        methods=_once("method", (((entry.slug,), entry) for part in found for entry in part.methods)),
        claims=_once("claim", ((entry.identity, entry) for part in found for entry in part.claims)),
    )


def _once(what: str, entries: Iterator[tuple[tuple[str, ...], Entry]]) -> tuple[Entry, ...]:
    kept: dict[tuple[str, ...], Entry] = {}
    for key, entry in entries:
        if kept.setdefault(key, entry) != entry:
            name = " / ".join(part for part in key if part)
            raise KnowledgeError(f"the {what} {name!r} is described twice, and differently: keep one description")
    return tuple(kept.values())


def _paper(fields: Fields, repositories: tuple[Repository, ...]) -> Paper:
    values = read_entry(PAPER, fields)
    own = tuple(_repository(entry) for entry in values.pop("repositories"))
    related = tuple(RelatedPaper(**entry) for entry in values.pop("related"))
    return Paper(**values, repositories=repositories + own, related=related)


def _repository(values: dict[str, Any]) -> Repository:
    return Repository(**values | {"is_official": bool(values["is_official"])})


def _claims(entries: tuple[Fields, ...], paper: str | None) -> tuple[Claim, ...]:
    """Read the claims. The same claim twice in one file is a mistake, whether or not the values agree."""
    claims: dict[tuple[str, ...], Claim] = {}
    for fields in entries:
        claim = _claim(fields, paper)
        if claim.identity in claims:
            raise fields.error(f"{claim.model} / {claim.metric} of {claim.source} stands twice in this file")
        claims[claim.identity] = claim
    return tuple(claims.values())


def _claim(fields: Fields, paper: str | None) -> Claim:
    values = read_entry(CLAIM, fields)
    own = values.pop("paper") or paper
    if own is None:
        raise fields.error("names no `paper`, and neither does the file")
    return Claim(paper=own, unit=values.pop("unit") or "", **values)
