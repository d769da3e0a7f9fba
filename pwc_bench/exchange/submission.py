"""What a submission would bring: claims that are new, changed, known, or at odds with others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pwc_bench.claims.comparability import is_possible
from pwc_bench.claims.naming import all_tasks, board_keys, dataset_topics
from pwc_bench.claims.reproduction import claimed_range
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim, in_shown_unit
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.links import board_path, dataset_path, method_path, paper_path, task_path
from pwc_bench.core.text_forms import slugify

Address = tuple[str, str]
"""The path of a page, and whose it is: "the paper 'x.y'"."""


def address_clash(knowledge: Knowledge, archive: Archive) -> str | None:
    """Say which two names lead to one address, within `knowledge` or beside `archive`; None where none do."""
    wanted: dict[str, str] = {}
    for path, owner in _wanted(knowledge):
        if wanted.setdefault(path, owner) != owner:
            return _complaint(path, wanted[path], owner)
    for path, owner in _held(knowledge, archive):
        if wanted.get(path, owner) != owner:
            return _complaint(path, wanted[path], owner)
    return None


def _complaint(path: str, own: str, other: str) -> str:
    return f"{own} would stand at {path.removesuffix('index.html')}, where {other} stands: give it another name"


def _wanted(knowledge: Knowledge) -> Iterator[Address]:
    claims = knowledge.claims
    yield from _papers(paper.slug for paper in knowledge.papers)
    yield from _methods(method.slug for method in knowledge.methods)
    yield from _tasks((*(task.slug for task in knowledge.tasks), *(claim.task for claim in claims)))
    yield from _datasets((*(card.key for card in knowledge.datasets), *(claim.dataset for claim in claims)))
    yield from _boards((claim.task, claim.dataset) for claim in claims)


def _held(knowledge: Knowledge, archive: Archive) -> Iterator[Address]:
    """Yield the addresses of those kinds of which the submission brings any: an archive may be large."""
    if knowledge.papers:
        yield from _papers(paper.slug for paper in archive.papers())
    if knowledge.methods:
        yield from _methods(method.slug for method in archive.methods())
    if knowledge.tasks or knowledge.claims:
        yield from _tasks(task.slug for task in all_tasks(archive))
    if knowledge.datasets or knowledge.claims:
        yield from _datasets(topic.key for topic in dataset_topics(archive))
    if knowledge.claims:
        yield from _boards((key.task, key.dataset) for key in board_keys(archive))


def _papers(slugs: Iterable[str]) -> Iterator[Address]:
    return ((paper_path(slug), f"the paper {slug!r}") for slug in slugs)


def _tasks(slugs: Iterable[str]) -> Iterator[Address]:
    return ((task_path(slug), f"the task {slug!r}") for slug in slugs)


def _datasets(keys: Iterable[str]) -> Iterator[Address]:
    return ((dataset_path(key), f"the data set {key!r}") for key in keys)


def _methods(slugs: Iterable[str]) -> Iterator[Address]:
    return ((method_path(slug), f"the method {slug!r}") for slug in slugs)


def _boards(keys: Iterable[tuple[str, str]]) -> Iterator[Address]:
    return ((board_path(task, dataset), f"the leaderboard of {task!r} on {dataset!r}") for task, dataset in keys)


Held = Mapping[tuple[str, ...], tuple[Claim, str]]
"""Claims that are known, by identity, each with the name of who brought it."""


@dataclass(frozen=True, slots=True)
class Review:
    """A submission beside what is known already."""

    new: tuple[Claim, ...]
    changed: tuple[tuple[Claim, Claim], ...]
    """(as submitted, as the same file said it before)."""
    same: tuple[Claim, ...]
    """Said before, in the same words."""
    kept: tuple[tuple[Claim, Claim, str], ...]
    """(as submitted, as it is known, who brought that): another origin keeps what it said, and this is not taken."""
    contradictions: tuple[tuple[Claim, Claim], ...]
    """(as submitted, what another source prints of the same model, metric and conditions): both are kept."""
    notes: tuple[str, ...]
    """What keeps a claim from being compared or linked, each one sentence."""
    described: Mapping[str, int]
    """How many papers, tasks, data sets, methods and links to code the file describes, by what they are."""

    @property
    def is_refused(self) -> bool:
        """Tell whether it holds claims, and none of them is taken."""
        return bool(self.kept) and not (self.new or self.changed or self.same)


def origin_of(file_name: str, submitter: str | None) -> str:
    """Return the name under which a submission is kept: the file, and who brought it."""
    by = f" by {' '.join(submitter.split())}" if submitter and submitter.strip() else ""
    return f"submission {file_name}{by}"


def statements(knowledge: Knowledge) -> Iterator[Claim]:
    """Yield each claim that leaves open whether more data was trained on, as it is and with either statement."""
    for claim in knowledge.claims:
        if claim.uses_additional_data is None:
            yield from (replace(claim, uses_additional_data=stated) for stated in (None, False, True))


def with_known_data(knowledge: Knowledge, held: Held) -> Knowledge:
    """Let what `held` knows with a statement about the training data say it for the same claim without one.

    Else a figure that leaves it open would stand beside the package's own as if it were another one.
    """

    def told(claim: Claim) -> Claim:
        known = [one for one in statements(Knowledge(claims=(claim,))) if one.identity in held]
        return claim if len(known) != 1 else replace(claim, uses_additional_data=known[0].uses_additional_data)

    return replace(knowledge, claims=tuple(told(claim) for claim in knowledge.claims))


def review(knowledge: Knowledge, origin: str, archive: Archive, held: Held) -> Review:
    """Set a submission that would be kept as `origin` beside what `archive` holds.

    `held` are those of its claims that are known there. Raises KnowledgeError where a page of it would stand at the
    address of another one.
    """
    clash = address_clash(knowledge, archive)
    if clash is not None:
        raise KnowledgeError(f"{origin}: {clash}")
    new: list[Claim] = []
    changed: list[tuple[Claim, Claim]] = []
    same: list[Claim] = []
    kept: list[tuple[Claim, Claim, str]] = []
    for claim in knowledge.claims:
        known, brought_by = held.get(claim.identity, (None, ""))
        if known is None:
            new.append(claim)
        elif known == claim:
            same.append(claim)
        elif brought_by == origin:
            changed.append((claim, known))
        else:
            kept.append((claim, known, brought_by))
    contradictions = [(claim, other) for claim in knowledge.claims for other in _at_odds(claim, archive)]
    return Review(
        tuple(new),
        tuple(changed),
        tuple(same),
        tuple(kept),
        tuple(contradictions),
        tuple(_notes(knowledge, archive)),
        {
            "paper": len(knowledge.papers),
            "code link": sum(len(paper.repositories) for paper in knowledge.papers),
            "task": len(knowledge.tasks),
            "data set": len(knowledge.datasets),
            "method": len(knowledge.methods),
        },
    )


def _at_odds(claim: Claim, archive: Archive) -> Iterator[Claim]:
    """Yield what other sources print of the same thing and what does not round to the same number."""
    for other in archive.claims(dataset=claim.dataset, metric=claim.metric, variant=claim.variant):
        is_same_model = claim.variant is not None or slugify(other.model) == slugify(claim.model)
        alike = (other.conditions, other.unit) == (claim.conditions, claim.unit)
        if is_same_model and alike and other.identity != claim.identity and _disagree(claim, other):
            yield other


def _disagree(one: Claim, other: Claim) -> bool:
    """Tell whether no number rounds to the printed digits of both."""
    try:
        (low, high), (other_low, other_high) = claimed_range(one), claimed_range(other)
    except KnowledgeError:
        return False
    return high < other_low or other_high < low


def _notes(knowledge: Knowledge, archive: Archive) -> Iterator[str]:
    """Yield what a submitter should know although it is no mistake."""
    catalogue = archive.catalogue
    tasks = {task.slug for task in (*archive.tasks(), *knowledge.tasks)}
    cards = {card.key for card in (*archive.datasets(), *knowledge.datasets)} | set(catalogue.datasets)
    if knowledge.papers:
        yield from _other_descriptions(knowledge, archive)
    checks: tuple[tuple[str, Callable[[Claim], str | None]], ...] = (
        ("task {!r} is described nowhere: describe it under `tasks`", lambda c: None if c.task in tasks else c.task),
        (
            "data set {!r} is described nowhere: describe it under `datasets`",
            lambda c: None if c.dataset in cards else c.dataset,
        ),
        (
            "variant {!r} is none of ours: nothing will be measured of it",
            lambda c: None if c.variant is None or c.variant in catalogue.variants else c.variant,
        ),
        (
            "metric {!r} is not measured by pwc-bench: it is shown as claimed, without a direction",
            lambda c: None if c.metric in catalogue.metrics else c.metric,
        ),
    )
    for message, find in checks:
        found = dict.fromkeys(name for claim in knowledge.claims if (name := find(claim)) is not None)
        yield from (message.format(name) for name in found)
    foreign = (c for c in knowledge.claims if (m := catalogue.metrics.get(c.metric)) and in_shown_unit(c, m) is None)
    for key, unit in dict.fromkeys((claim.metric, claim.unit) for claim in foreign):
        ours = catalogue.metrics[key].display.unit
        yield f"{key} in {unit or 'no unit'!r} is not compared with measurements, which are in {ours!r}"
    for claim in knowledge.claims:
        metric = catalogue.metrics.get(claim.metric)
        if metric is not None and not is_possible(metric, claim):
            yield f"{claim.value} {claim.unit} is no value that {claim.metric} can have: it is shown, and never ranked"


def _other_descriptions(knowledge: Knowledge, archive: Archive) -> Iterator[str]:
    said = {paper.slug: paper for paper in knowledge.papers}
    for known in archive.papers():
        if said.get(known.slug, known) != known:
            yield (
                f"paper {known.slug!r} is described already, and differently: unless this very file brought that, it "
                "stays as it is, with its repositories and tasks"
            )
