"""Knowledge files and submissions: one YAML schema, read strictly.

The top level holds `paper` (the one that the file is about), `papers` (further ones), `tasks`, `datasets`, `methods`,
`repositories` (code for `paper`) and `claims`. A claim without a `paper` of its own is one of `paper`'s.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, RelatedPaper, Repository, Task
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
    repositories = tuple(_repository(fields) for fields in top.mappings("repositories"))
    if main is None and repositories:
        raise top.error("`repositories` are those of `paper`, which is missing")
    paper = None if main is None else _paper(main, repositories)
    further = tuple(_paper(fields, ()) for fields in top.mappings("papers"))
    knowledge = Knowledge(
        papers=further if paper is None else (paper, *further),
        tasks=tuple(_task(fields) for fields in top.mappings("tasks")),
        datasets=tuple(_dataset(fields) for fields in top.mappings("datasets")),
        methods=tuple(_method(fields) for fields in top.mappings("methods")),
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
    paper = Paper(
        slug=fields.key("slug"),
        title=fields.text("title"),
        authors=fields.texts("authors"),
        date=fields.date("date"),
        abstract=fields.text("abstract"),
        tasks=fields.keys("tasks"),
        methods=fields.keys("methods"),
        datasets=fields.keys("datasets"),
        arxiv=fields.optional_arxiv("arxiv"),
        venue=fields.optional_text("venue"),
        url=fields.optional_url("url"),
        pdf_url=fields.optional_url("pdf_url"),
        repositories=repositories + tuple(_repository(entry) for entry in fields.mappings("repositories")),
        related=tuple(_related(entry) for entry in fields.mappings("related")),
    )
    fields.finish()
    return paper


def _repository(fields: Fields) -> Repository:
    repository = Repository(
        url=fields.url("url"), is_official=fields.flag("is_official"), framework=fields.optional_text("framework")
    )
    fields.finish()
    return repository


def _related(fields: Fields) -> RelatedPaper:
    related = RelatedPaper(title=fields.text("title"), date=fields.date("date"), url=fields.optional_url("url"))
    fields.finish()
    return related


def _task(fields: Fields) -> Task:
    task = Task(slug=fields.key("slug"), title=fields.text("title"), description=fields.text("description"))
    fields.finish()
    return task


def _dataset(fields: Fields) -> DatasetCard:
    card = DatasetCard(
        key=fields.key("key"),
        title=fields.text("title"),
        description=fields.text("description"),
        homepage=fields.optional_url("homepage"),
        introduced=fields.optional_partial_date("introduced"),
        tasks=fields.keys("tasks"),
    )
    fields.finish()
    return card


def _method(fields: Fields) -> Method:
    method = Method(
        slug=fields.key("slug"),
        title=fields.text("title"),
        full_name=fields.text("full_name"),
        description=fields.text("description"),
        paper=fields.optional_key("paper"),
        source_title=fields.optional_text("source_title"),
        source_url=fields.optional_url("source_url"),
        introduced_year=fields.optional_year("introduced_year"),
    )
    fields.finish()
    return method


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
    own = fields.optional_key("paper")
    if own is None and paper is None:
        raise fields.error("names no `paper`, and neither does the file")
    claim = Claim(
        paper=own or paper or "",
        model=fields.text("model"),
        variant=fields.optional_key("variant"),
        task=fields.key("task"),
        dataset=fields.key("dataset"),
        metric=fields.key("metric"),
        value=fields.printed_number("value"),
        unit=fields.optional_text("unit") or "",
        source=fields.text("source"),
        uses_additional_data=fields.flag("uses_additional_data"),
        evaluated_on=fields.optional_date("evaluated_on"),
        conditions=fields.optional_text("conditions"),
        source_url=fields.optional_url("source_url"),
    )
    fields.finish()
    return claim
