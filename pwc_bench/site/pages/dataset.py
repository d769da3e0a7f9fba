"""A page per data set: what it is, its images and classes, its leaderboards and records; and the list of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, optional_fact
from pwc_bench.claims.naming import DatasetTopic, Names, board_keys, dataset_topics, task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, relative, safe_url, task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.citation import dataset_data
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, Slice, list_frame, shelve_papers, slices
from pwc_bench.site.parts.page import Page, PageKind
from pwc_bench.site.parts.record_rows import RecordList, record_list


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class."""

    label: str
    """Its index: "0"."""
    class_id: str
    name: str


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """What `dataset.html` sees."""

    frame: Frame
    title: str
    description: str | None
    is_demo: bool
    is_declared: bool
    """Whether pwc-bench can measure on it."""
    facts: tuple[Fact, ...]
    tasks: tuple[Link, ...]
    boards: tuple[BoardSummary, ...]
    papers: PaperList
    records: RecordList
    classes: tuple[ClassLine, ...]
    classes_count: str
    run_command: str


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """One data set of the list."""

    title: str
    href: str
    description: str
    introduced: str | None
    size: str | None
    """"50,000 images, 1,000 classes"; None for one on which we cannot measure."""
    is_demo: bool


@dataclass(frozen=True, slots=True)
class DatasetsPage:
    """What `datasets.html` sees."""

    frame: Frame
    datasets: tuple[DatasetEntry, ...]
    previous: Link | None
    following: Link | None


class DatasetPages(PageKind[DatasetTopic]):
    """A page for every data set that is described, declared or named anywhere."""

    template = "dataset"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names, self._titles, self._boards = Names.of(archive), task_titles(archive), board_keys(archive)
        self._lines = PaperLines(self._titles)
        self._shelves = shelve_papers(archive, lambda paper: paper.datasets)

    def keys(self) -> Iterable[DatasetTopic]:
        """Stream the data sets."""
        return dataset_topics(self.archive)

    def path(self, key: DatasetTopic) -> str:
        """Return where a data set's page goes."""
        return self._names.dataset_path(key.key)

    def pages(self, key: DatasetTopic) -> Iterator[Page]:
        """Make a data set's page."""
        path = self.path(key)
        own = [board for board in self._boards if board.dataset == key.key]
        declared = key.declared
        context = DatasetPage(
            frame=make_frame(
                path,
                title=key.title,
                description=key.description or f"What is claimed and measured on {key.title}.",
                section="Datasets",
                crumbs=(("Home", "index.html"), ("Datasets", "datasets/index.html"), (shorten(key.title, 60), None)),
                linked_data=dataset_data(key),
            ),
            title=key.title,
            description=key.description,
            is_demo=key.is_demo,
            is_declared=declared is not None,
            facts=_facts(key),
            tasks=_tasks(key, self._titles, path),
            boards=tuple(summarise_boards(self.archive, self._names, own, path)),
            papers=self._lines.listed(self._shelves.get(key.key), path),
            records=record_list(self._names, self.archive.records(dataset=key.key), path),
            classes=tuple(_classes(key)),
            classes_count="" if declared is None else f"{len(declared.classes):,}",
            run_command=_command(key),
        )
        yield Page(self.template, path, context)


class DatasetListPages(PageKind[Slice[DatasetTopic]]):
    """The list of all data sets, in pages if it is long."""

    template = "datasets"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names = Names.of(archive)

    def keys(self) -> Iterable[Slice[DatasetTopic]]:
        """Stream the parts of the list."""
        return slices(dataset_topics(self.archive), "datasets")

    def path(self, key: Slice[DatasetTopic]) -> str:
        """Return where a part goes."""
        return key.path

    def pages(self, key: Slice[DatasetTopic]) -> Iterator[Page]:
        """Make the page of a part."""
        frame = list_frame(key, "Datasets", "What accuracy is claimed and measured on.")
        entries = tuple(_entry(topic, self._names, key.path) for topic in key.items)
        yield Page(self.template, key.path, DatasetsPage(frame, entries, key.previous, key.following))


KINDS = (DatasetPages, DatasetListPages)


def _entry(topic: DatasetTopic, names: Names, path: str) -> DatasetEntry:
    declared = topic.declared
    return DatasetEntry(
        title=topic.title,
        href=relative(path, names.dataset_path(topic.key)),
        description=shorten(topic.description or "", 300),
        introduced=None if topic.card is None else topic.card.introduced,
        size=None if declared is None else f"{declared.expected_images:,} images, {len(declared.classes):,} classes",
        is_demo=topic.is_demo,
    )


def _facts(topic: DatasetTopic) -> tuple[Fact, ...]:
    card, declared = topic.card, topic.declared
    homepage = (None if card is None else card.homepage) or (None if declared is None else declared.homepage)
    introduced = optional_fact("Introduced", None if card is None else card.introduced)
    home = optional_fact("Home page", homepage, href=safe_url(homepage))
    key = Fact("Key", topic.key, is_code=True)
    if declared is None:
        return (*introduced, *home, key)
    return (
        *introduced,
        Fact("Images expected", f"{declared.expected_images:,}; fewer make a record partial"),
        Fact("Classes", f"{len(declared.classes):,}"),
        *optional_fact("Licence", declared.licence),
        *home,
        key,
    )


def _tasks(topic: DatasetTopic, titles: Mapping[str, str], path: str) -> tuple[Link, ...]:
    slugs = [] if topic.card is None else list(topic.card.tasks)
    if topic.declared is not None:
        slugs.append(topic.declared.task)
    found = dict.fromkeys(slug for slug in slugs if slug in titles)
    return tuple(Link(titles[slug], relative(path, task_path(slug))) for slug in found)


def _classes(topic: DatasetTopic) -> Iterator[ClassLine]:
    if topic.declared is not None:
        pairs = zip(topic.declared.classes, topic.declared.class_names, strict=True)
        for label, (class_id, name) in enumerate(pairs):
            yield ClassLine(str(label), class_id, name)


def _command(topic: DatasetTopic) -> str:
    if topic.is_demo:
        return "pwc-bench run --models all --data demo"
    return f"pwc-bench run --models all --dataset {topic.key} --data PATH"
