"""The `model-index` block of a Hugging Face model card: a model, its results, and where each one comes from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

import yaml

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.exchange.formats import Format

_TYPES = {"top1": "accuracy", "top5": "top_5_accuracy"}
"""The hub's names of metrics; another metric keeps our key."""


def write_model_index(archive: Archive, records: Iterable[Record], stream: TextIO) -> None:
    """Write the results of each variant as YAML: the claims of it, and what complete `records` measured.

    Claim and measurement are results of their own, told apart by their source. A demo, a part of the data, and random
    weights are no results of a model and stay out; so do claims that are no numbers, for the hub reads only these.
    """
    measured: dict[str, list[Record]] = {}
    for record in records:
        if _counts(archive, record):
            measured.setdefault(record.variant, []).append(record)
    stream.write("model-index:")
    count = 0
    for variant in dict.fromkeys([*archive.catalogue.variants, *measured]):
        results = [*_claimed(archive, variant), *_measured(archive, measured.get(variant, []))]
        if not results:
            continue
        declared = archive.catalogue.variants.get(variant)
        entry = {"name": variant if declared is None else declared.title, "results": results}
        stream.write("\n" if count == 0 else "")
        stream.write(yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=120))
        count += 1
    stream.write("" if count else " []\n")


FORMAT = Format(key="model-index", title="Hugging Face model card", write=write_model_index)


def _counts(archive: Archive, record: Record) -> bool:
    """Tell whether a record is a whole result of a published or own model on real images."""
    dataset = archive.catalogue.datasets.get(record.dataset or "")
    weights = record.provenance.weights.status
    is_real = dataset is not None and not dataset.is_demo and weights in (WeightsStatus.PUBLIC, WeightsStatus.LOCAL)
    return is_real and record.status is Status.COMPLETE


def _claimed(archive: Archive, variant: str) -> Iterator[Mapping[str, Any]]:
    """Yield a result for each source and data set."""
    groups: dict[tuple[str, str, str, str | None], list[Claim]] = {}
    titles = {task.slug: task.title for task in archive.tasks()}
    cards = {card.key: card.title for card in archive.datasets()}
    for claim in archive.claims(variant=variant):
        groups.setdefault((claim.task, claim.dataset, f"{claim.paper}, {claim.source}", claim.source_url), []).append(
            claim
        )
    for (task, dataset, source, url), claims in groups.items():
        metrics = [metric for claim in claims if (metric := _claimed_metric(archive, claim)) is not None]
        if metrics:
            title = cards.get(dataset, dataset)
            yield _result(task, titles.get(task, task), dataset, title, metrics, f"claimed: {source}", url)


def _claimed_metric(archive: Archive, claim: Claim) -> dict[str, Any] | None:
    try:
        number = claim.number
    except KnowledgeError:
        return None
    value = int(number) if number == number.to_integral_value() and claim.decimals == 0 else float(number)
    conditions = f" ({claim.conditions})" if claim.conditions else ""
    return _metric(archive, claim.metric, value, f"{claim.unit}{conditions}".strip())


def _measured(archive: Archive, records: Iterable[Record]) -> Iterator[Mapping[str, Any]]:
    for record in records:
        dataset = archive.catalogue.datasets[record.dataset or ""]
        metrics = [
            _metric(archive, key, measured.value, measured.unit) for key, measured in record.measurements.items()
        ]
        if metrics:
            own = ", own weights" if record.provenance.weights.status is WeightsStatus.LOCAL else ""
            source = f"measured by pwc-bench{own}, record {record.id}"
            yield _result(dataset.task, dataset.task, dataset.key, dataset.title, metrics, source, None)


def _metric(archive: Archive, key: str, value: float, unit: str) -> dict[str, Any]:
    known = archive.catalogue.metrics.get(key)
    title = key if known is None else known.title
    return {"type": _TYPES.get(key, key), "name": title if unit in {"", title} else f"{title}, {unit}", "value": value}


def _result(
    task: str, task_title: str, dataset: str, title: str, metrics: list[dict[str, Any]], source: str, url: str | None
) -> Mapping[str, Any]:
    """Return one result. The hub takes a source only with an address: without one, each metric's name says it."""
    result: dict[str, Any] = {
        "task": {"type": task, "name": task_title},
        "dataset": {"type": dataset, "name": title},
        "metrics": metrics if url else [metric | {"name": f"{metric['name']} ({source})"} for metric in metrics],
    }
    return result | ({"source": {"name": source, "url": url}} if url else {})
