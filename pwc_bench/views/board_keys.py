"""Which leaderboards there are: one for each task and data set of which something is claimed or measured."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from pwc_bench.core.archive import Archive
from pwc_bench.core.links import board_folder, board_path
from pwc_bench.core.metric import Scope
from pwc_bench.views.record_naming import Names

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
