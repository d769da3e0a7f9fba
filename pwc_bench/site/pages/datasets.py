"""All data sets: those on which we can measure, and those that publications only name."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import DatasetTopic, Names, dataset_topics
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, relative
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import slices
from pwc_bench.site.parts.page import Page


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


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the list, in pages where it is long."""
    names = Names.of(archive)
    for part in slices(dataset_topics(archive), "datasets"):
        frame = make_frame(
            part.path,
            title="Datasets" if part.number == 1 else f"Datasets, page {part.number}",
            description="What accuracy is claimed and measured on.",
            section="Datasets",
            crumbs=(("Home", "index.html"), ("Datasets", None)),
        )
        entries = tuple(_entry(topic, names, part.path) for topic in part.items)
        yield Page("datasets", part.path, DatasetsPage(frame, entries, part.previous, part.following))


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
