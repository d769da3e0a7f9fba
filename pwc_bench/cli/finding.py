"""What `pwc-bench show KEY` means, and everything that is known of it."""

from collections.abc import Iterable
from typing import Any

from pwc_bench.api.known import Known, known
from pwc_bench.cli.claim_values import claim_values, measured_values, paper_claims
from pwc_bench.cli.console import observing
from pwc_bench.cli.jsonable import to_json
from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import UsageError
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, record_to_dict
from pwc_bench.core.selection import Usage, speaking_record
from pwc_bench.core.text_forms import slugify
from pwc_bench.views.answers import Answers
from pwc_bench.views.reproduction import Reproduction

Found = dict[str, Any]
"""JSON values; "kind" says what it is."""


def find(key: str, db: str) -> Found:
    """Return the thing that `key` names as JSON values. Raises UsageError where there is none, StoreError."""
    with observing() as observer, known(db, observer) as here:
        return _find(key, here)


def _find(key: str, here: Known) -> Found:
    archive = here.archive
    catalogue = archive.catalogue
    for variant in catalogue.variants.values():
        if key.casefold() in (variant.key.casefold(), variant.title.casefold()):
            return _variant(variant.key, archive)
    if key in catalogue.datasets:
        return _whole("dataset", catalogue.datasets[key])
    if key in catalogue.metrics:
        return _whole("metric", catalogue.metrics[key])
    found = _paper(key, archive) or _campaign(key, archive) or _claims(key, archive)
    if found is None and any(True for _ in archive.records(variant=key)):  # a model that no family declares
        found = _variant(key, archive)
    if found is None and _is_id(key):
        record = here.find_record(key)
        found = None if record is None else {"kind": "record", **record_to_dict(record), "id": record.id}
    if found is None:
        raise UsageError(f"nothing is called {key!r}: `pwc-bench list variants` (or records, campaigns) names what is")
    return found


def _whole(kind: str, value: object) -> Found:
    return {"kind": kind, **to_json(value)}


def _variant(key: str, archive: Archive) -> Found:
    """Show a variant, and for each metric what is claimed and what was measured."""
    declared = archive.catalogue.variants.get(key)
    answers = Answers(archive)
    claims = [answers.reproduction(claim) for claim in archive.claims(variant=key)]
    records = list(archive.records(variant=key))
    compared = [_compared(metric, claims, records, answers.usage()) for metric in archive.catalogue.metrics.values()]
    whole: Found = {"kind": "variant", "key": key} if declared is None else _whole("variant", declared)
    return whole | {"metrics": [row for row in compared if row["measured"] or row["claims"]]}


def _compared(metric: Metric, answered: Iterable[Reproduction], records: Iterable[Record], usage: Usage) -> Found:
    """Put the current measurement on each data set beside the claims, of a speed that in the most usual setting."""
    by_dataset: dict[str | None, list[Record]] = {}
    for record in records:
        by_dataset.setdefault(record.dataset, []).append(record)
    chosen = (speaking_record(of_one, metric, usage) for of_one in by_dataset.values())
    return {
        "metric": metric.key,
        "unit": metric.unit,
        "measured": [measured_values(metric, record) for record in chosen if record is not None],
        "claims": [claim_values(metric, found) for found in answered if found.claim.metric == metric.key],
    }


def _paper(key: str, archive: Archive) -> Found | None:
    for paper in archive.papers():
        if paper.slug == key:
            return _whole("paper", paper) | paper_claims(archive, paper)
    return None


def _campaign(key: str, archive: Archive) -> Found | None:
    for campaign in archive.campaigns():
        if campaign.name == key:
            records = [
                {"id": r.id, "variant": r.variant, "dataset": r.dataset, "status": str(r.status)}
                for r in archive.records(campaign=key)
            ]
            return _whole("campaign", campaign) | {"records": records}
    return None


def _claims(key: str, archive: Archive) -> Found | None:
    """Find the claims that PAPER:MODEL:METRIC means; a paper may print a number in several tables."""
    paper, _, rest = key.partition(":")
    model, _, metric = rest.partition(":")
    if not metric:
        return None
    wanted = slugify(model)
    claims = archive.claims(paper=paper, metric=metric)
    meant = [claim for claim in claims if wanted in (slugify(claim.model), claim.variant)]
    answers, known = Answers(archive), archive.catalogue.metrics.get(metric)
    found = [claim_values(known, answers.reproduction(claim)) for claim in meant]
    return {"kind": "claim", "claims": found} if found else None


def _is_id(key: str) -> bool:
    return 4 <= len(key) <= 64 and all(digit in "0123456789abcdef" for digit in key.lower())
