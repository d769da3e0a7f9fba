"""What records, boards and topics are called, and the addresses of their pages."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pwc_bench.core.archive import Archive, Catalogue
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.knowledge import DatasetCard, Task
from pwc_bench.core.links import board_folder, board_path, dataset_path, model_path, told_apart
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record, WeightsStatus
from pwc_bench.core.setting import Setting
from pwc_bench.core.text_forms import slugify


@dataclass(frozen=True, slots=True)
class Names:
    """The titles that people read. Made once for each kind of page, since it reads the data sets' cards."""

    catalogue: Catalogue
    dataset_titles: Mapping[str, str]
    """Of data sets that only knowledge describes."""

    apart: Mapping[str, str] = field(default_factory=dict)
    """Of data sets whose address another one has: the name for addresses that tells them apart."""
    apart_variants: Mapping[str, str] = field(default_factory=dict)
    """The same of variants."""

    @staticmethod
    def of(archive: Archive) -> "Names":
        """Collect the titles of `archive`. What is described or declared has its address before what is only named."""
        variants = dict.fromkeys((*archive.catalogue.variants, *sorted(archive.variant_keys())))
        titles = {card.key: card.title for card in archive.datasets()}
        keys = dict.fromkeys((*titles, *archive.catalogue.datasets, *sorted(archive.dataset_keys(), key=_spelling)))
        return Names(archive.catalogue, titles, told_apart(keys, dataset_path), told_apart(variants, model_path))

    def dataset_path(self, key: str) -> str:
        """Return the path of a data set's page."""
        return dataset_path(self.apart.get(key, key))

    def board_path(self, task: str, dataset: str) -> str:
        """Return the path of a leaderboard's page."""
        return board_path(task, self.apart.get(dataset, dataset))

    def model_path(self, key: str) -> str:
        """Return the path of a variant's page."""
        return model_path(self.apart_variants.get(key, key))

    def variant(self, key: str, record: Record | None = None) -> str:
        """Return a variant's title: the declared one, else the one that a record brought, else the key."""
        variant = self.catalogue.variants.get(key)
        if variant is not None:
            return variant.title
        return (record.title if record is not None else None) or key

    def dataset(self, key: str) -> str:
        """Return a data set's title: ours, else that of its card, else its key."""
        dataset = self.catalogue.datasets.get(key)
        return self.dataset_titles.get(key, key) if dataset is None else dataset.title

    def record(self, record: Record) -> str:
        """Return a record's title: "ConViT-S on ImageNet-1k", "ConViT-S: cost and speed"."""
        variant = self.variant(record.variant, record)
        return (
            f"{variant}: cost and speed" if record.dataset is None else f"{variant} on {self.dataset(record.dataset)}"
        )

    @staticmethod
    def setting(record: Record) -> str:
        """Return what tells two records of one title apart: "fused implementation, fp32, batch 8, 2 threads"."""
        run = replace(Setting.of_run(record), implementation=None)
        return f"{record.environment.implementation} implementation, {run.use}"

    def is_demo(self, record: Record) -> bool:
        """Tell whether a record's accuracy says nothing about the world: a demo data set, or a head fitted as a probe.

        Cost and speed do not look at weights, so a record of them is never a demo.
        """
        if record.dataset is None:
            return False
        dataset = self.catalogue.datasets.get(record.dataset)
        on_demo = dataset is not None and dataset.is_demo
        return on_demo or record.provenance.weights.status is WeightsStatus.PROBE


def _spelling(key: str) -> tuple[bool, str]:
    """Order keys so that one which is its own address comes before others that would have the same."""
    return slugify(key) != key, key


_DEFAULT_TASK = "image-classification"


@dataclass(frozen=True, slots=True, order=True)
class BoardKey:
    """What a leaderboard is about."""

    task: str
    """The task's slug."""
    dataset: str
    """The data set's key."""
    address: str | None = field(default=None, compare=False)
    """The data set's name in addresses if that is not its key: where two would have one, see `Names.apart`."""

    @property
    def path(self) -> str:
        """Return the path of its page."""
        return board_path(self.task, self.address or self.dataset)

    @property
    def folder(self) -> str:
        """Return the folder of its page and files."""
        return board_folder(self.task, self.address or self.dataset)


def board_keys(archive: Archive) -> tuple[BoardKey, ...]:
    """Return the leaderboards in a fixed order: those with most claims first, demos last."""
    claimed = Counter((claim.task, claim.dataset) for claim in archive.claims())
    apart = Names.of(archive).apart
    counts = {BoardKey(task, dataset, apart.get(dataset)): count for (task, dataset), count in claimed.items()}
    for record in archive.records(scope=Scope.DATASET):
        if record.dataset is not None:
            declared = archive.catalogue.datasets.get(record.dataset)
            task = _DEFAULT_TASK if declared is None else declared.task
            counts.setdefault(BoardKey(task, record.dataset, apart.get(record.dataset)), 0)

    def is_demo(key: BoardKey) -> bool:
        declared = archive.catalogue.datasets.get(key.dataset)
        return declared is not None and declared.is_demo

    return tuple(sorted(counts, key=lambda key: (is_demo(key), -counts[key], key)))


def dataset_title(names: Names, dataset: str) -> str:
    """Return a data set's title as publications write it, else ours."""
    return names.dataset_titles.get(dataset) or names.dataset(dataset)


def board_title(archive: Archive, key: BoardKey, names: Names) -> str:
    """Return a leaderboard's title: "Image Classification on ImageNet"."""
    return titled_board({task.slug: task.title for task in archive.tasks()}, key, names)


def titled_board(titles: Mapping[str, str], key: BoardKey, names: Names) -> str:
    """Return the same with the tasks' titles at hand, by slug: for pages that name many leaderboards."""
    return f"{titles.get(key.task, key.task.replace('-', ' ').title())} on {dataset_title(names, key.dataset)}"


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
