"""A page per data set: what it is, how many images and classes we expect, its leaderboards, its records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, optional_fact
from pwc_bench.claims.naming import DatasetTopic, Names, board_keys, dataset_topics, task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, relative, safe_url, task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.citation import dataset_data
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, shelve_papers
from pwc_bench.site.parts.page import WHOLE, Page, Share
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


def pages(archive: Archive, share: Share = WHOLE) -> Iterator[Page]:
    """Yield a page for every data set that is described, declared or named anywhere."""
    names, titles, keys = Names.of(archive), task_titles(archive), board_keys(archive)
    lines = PaperLines(titles)
    shelves = shelve_papers(archive, lambda paper: paper.datasets)
    for topic in share.part(dataset_topics(archive)):
        path = names.dataset_path(topic.key)
        own = [key for key in keys if key.dataset == topic.key]
        boards = tuple(summarise_boards(archive, names, own, path))
        declared = topic.declared
        context = DatasetPage(
            frame=make_frame(
                path,
                title=topic.title,
                description=topic.description or f"What is claimed and measured on {topic.title}.",
                section="Datasets",
                crumbs=(("Home", "index.html"), ("Datasets", "datasets/index.html"), (shorten(topic.title, 60), None)),
                linked_data=dataset_data(topic),
            ),
            title=topic.title,
            description=topic.description,
            is_demo=topic.is_demo,
            is_declared=declared is not None,
            facts=_facts(topic),
            tasks=_tasks(topic, titles, path),
            boards=boards,
            papers=lines.listed(shelves.get(topic.key), path),
            records=record_list(names, archive.records(dataset=topic.key), path),
            classes=tuple(_classes(topic)),
            classes_count="" if declared is None else f"{len(declared.classes):,}",
            run_command=_command(topic),
        )
        yield Page("dataset", path, context)


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
