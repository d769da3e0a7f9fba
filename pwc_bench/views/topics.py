"""Which tasks and data sets there are: those that are described, and those that something else only names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.knowledge import DatasetCard, Task
from pwc_bench.core.metric import Scope
from pwc_bench.views.board_keys import board_keys


@dataclass(frozen=True, slots=True)
class DatasetTopic:
    """A data set as it is described, as it is declared, or only by its key."""

    key: str
    title: str
    """As publications write it, else ours, else the key."""
    description: str | None
    card: DatasetCard | None
    declared: Dataset | None

    @property
    def is_demo(self) -> bool:
        """Tell whether it is a demo."""
        return self.declared is not None and self.declared.is_demo


def all_tasks(archive: Archive) -> tuple[Task, ...]:
    """Return the described tasks by title, then those that leaderboards and data sets only name."""
    described = {task.slug: task for task in archive.tasks()}
    named = [*(key.task for key in board_keys(archive)), *(data.task for data in archive.catalogue.datasets.values())]
    missing = (Task(slug, slug.replace("-", " ").title(), "") for slug in sorted(set(named) - described.keys()))
    return (*described.values(), *missing)


def task_titles(archive: Archive) -> Mapping[str, str]:
    """Return the titles of all tasks that have a page, by slug."""
    return {task.slug: task.title for task in all_tasks(archive)}


def dataset_topics(archive: Archive) -> Iterator[DatasetTopic]:
    """Yield the data sets by title, demos last."""
    cards = {card.key: card for card in archive.datasets()}
    named = {claim.dataset for claim in archive.claims()}
    named |= {record.dataset for record in archive.records(scope=Scope.DATASET) if record.dataset is not None}
    keys = {*cards, *archive.catalogue.datasets, *named}
    topics = [_topic(key, cards.get(key), archive.catalogue.datasets.get(key)) for key in keys]
    yield from sorted(topics, key=lambda topic: (topic.is_demo, topic.title.casefold(), topic.key))


def _topic(key: str, card: DatasetCard | None, declared: Dataset | None) -> DatasetTopic:
    described = card or declared
    title = key if described is None else described.title
    return DatasetTopic(key, title, None if described is None else described.description, card, declared)
