"""What is known from publications: papers, tasks, data sets, methods and claims."""

from dataclasses import dataclass

from pwc_bench.core.claim import Claim


@dataclass(frozen=True, slots=True)
class Repository:
    """A place with code for a paper."""

    url: str
    """Its address (https)."""
    is_official: bool = False
    """Whether the authors published it."""
    framework: str | None = None
    """What it is written with: "PyTorch"."""


@dataclass(frozen=True, slots=True)
class RelatedPaper:
    """A paper that is listed beside another one."""

    title: str
    date: str
    """ISO 8601."""
    url: str | None = None
    """Its address, None where it is not known (a page then links to a search for the title)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A publication."""

    slug: str
    title: str
    authors: tuple[str, ...]
    """In order."""
    date: str
    """ISO 8601."""
    abstract: str
    tasks: tuple[str, ...] = ()
    """Slugs of its tasks."""
    methods: tuple[str, ...] = ()
    """Slugs of the methods that it introduces or uses."""
    datasets: tuple[str, ...] = ()
    """Keys of the data sets that it evaluates on."""
    arxiv: str | None = None
    """The arXiv number: "2103.10697"."""
    venue: str | None = None
    url: str | None = None
    """The abstract's page (https)."""
    pdf_url: str | None = None
    repositories: tuple[Repository, ...] = ()
    related: tuple[RelatedPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task: what a model is asked to do."""

    slug: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """A data set as publications describe it; `key` is that of our `Dataset` where we can evaluate on it."""

    key: str
    title: str
    description: str
    homepage: str | None = None
    introduced: str | None = None
    """ISO 8601 date or year."""
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A method: a building block of models."""

    slug: str
    title: str
    full_name: str
    description: str
    paper: str | None = None
    """The slug of the paper that introduced it, where we hold that."""
    source_title: str | None = None
    source_url: str | None = None
    introduced_year: int | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The contents of one knowledge file, or of all of them together."""

    papers: tuple[Paper, ...] = ()
    tasks: tuple[Task, ...] = ()
    datasets: tuple[DatasetCard, ...] = ()
    methods: tuple[Method, ...] = ()
    claims: tuple[Claim, ...] = ()
