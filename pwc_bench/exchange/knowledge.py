"""Knowledge files and submissions: one YAML schema, read strictly.

The top level holds `paper` (the one that the file is about), `papers` (further ones), `tasks`, `datasets`, `methods`,
`repositories` (code for `paper`) and `claims`. A claim without a `paper` of its own is one of `paper`'s. The fields of
each are declared in `core.knowledge_schema`, of which the published JSON Schema is made too.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, RelatedPaper, Repository, Task
from pwc_bench.core.knowledge_schema import DatasetForm, KnowledgeForm, PaperForm, RepositoryForm
from pwc_bench.exchange.formats import Format
from pwc_bench.exchange.yaml_form import YamlFile

Entry = TypeVar("Entry")


def load_knowledge() -> Knowledge:
    """Return everything that the package itself knows, from all files of `pwc_bench.knowledge`, in their order."""
    with as_file(files("pwc_bench.knowledge")) as folder:
        return merge_knowledge(load_knowledge_file(path) for path in sorted(folder.glob("*.yaml")))


def load_knowledge_file(path: Path) -> Knowledge:
    """Read one file. Raises KnowledgeError, one line that names the file, the line and the field."""
    file = YamlFile.read(path)
    form = file.to(KnowledgeForm)
    repositories = form.repositories or ()
    if form.paper is None and repositories:
        raise file.error("", "`repositories` are those of `paper`, which is missing")
    main = () if form.paper is None else (_paper(form.paper, repositories),)
    knowledge = Knowledge(
        papers=(*main, *(_paper(paper, ()) for paper in form.papers or ())),
        tasks=tuple(Task(**task.said()) for task in form.tasks or ()),
        datasets=tuple(_card(card) for card in form.datasets or ()),
        methods=tuple(Method(**method.said()) for method in form.methods or ()),
        claims=_claims(file, form),
    )
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


def _paper(form: PaperForm, repositories: tuple[RepositoryForm, ...]) -> Paper:
    held = {
        "repositories": tuple(Repository(**each.said()) for each in (*repositories, *(form.repositories or ()))),
        "related": tuple(RelatedPaper(**each.said()) for each in form.related or ()),
    }
    return Paper(**{"authors": ()} | form.said() | held)


def _card(form: DatasetForm) -> DatasetCard:
    # A year alone is a number in YAML.
    return DatasetCard(**form.said() | {"introduced": None if form.introduced is None else str(form.introduced)})


def _claims(file: YamlFile, form: KnowledgeForm) -> tuple[Claim, ...]:
    """Return the claims. The same claim twice in one file is a mistake, whether or not the values agree."""
    by_default = {"paper": form.paper and form.paper.slug, "variant": None, "unit": ""}
    claims: dict[tuple[str, ...], Claim] = {}
    for index, entry in enumerate(form.claims or ()):
        claim = Claim(**by_default | entry.said())
        if claim.paper is None:
            raise file.error(f"claims[{index}]", "names no `paper`, and neither does the file")
        if claim.identity in claims:
            said = f"{claim.model} / {claim.metric} of {claim.source} stands twice in this file"
            raise file.error(f"claims[{index}]", said)
        claims[claim.identity] = claim
    return tuple(claims.values())


FORMAT = Format(
    key="submission",
    title="submission",
    recognises=lambda head: head.name.endswith((".yaml", ".yml")),
    knowledge=load_knowledge_file,
)
