"""How variants, data sets and records are called, and which records are a demo."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pwc_bench.core.archive import Archive, Catalogue
from pwc_bench.core.links import board_path, dataset_path, model_path, told_apart
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
