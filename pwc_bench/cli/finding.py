"""What `pwc-bench show KEY` means, and everything that is known of it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pwc_bench.api.site import Known, known
from pwc_bench.claims.answers import Answers, Reproduction, Tally
from pwc_bench.claims.reproduction import prints
from pwc_bench.cli.console import observing
from pwc_bench.cli.text import to_json
from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import UsageError
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, record_to_dict
from pwc_bench.core.selection import Usage, speaking_record
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.core.text_forms import slugify
from pwc_bench.site.parts.cells import setting_text
from pwc_bench.site.parts.convention_table import ConventionTable, convention_tables
from pwc_bench.site.parts.paper_results import own_variants

Values = dict[str, Any]
"""JSON values by field."""


def measured_values(metric: Metric, record: Record) -> Values:
    """Say what one record holds of a metric."""
    measurement = record.measurements[metric.key]
    return {
        "value": measurement.value,
        "interval": to_json(measurement.interval),
        "dataset": record.dataset,
        "status": str(record.status),
        "weights": str(record.provenance.weights.status),
        "device": record.environment.device,
        "precision": record.environment.precision,
        "implementation": record.environment.implementation,
        "batch_size": record.batch_size_of(metric.key) if depends_on_machine(metric) else None,
        "threads": record.environment.threads if depends_on_machine(metric) else None,
        "setting": setting_text(record, metric),
        "record": record.id,
    }


def claim_values(metric: Metric | None, found: Reproduction) -> Values:
    """Say what was claimed, which record answers it, and what came of it. Conventions are in the metric's unit."""
    claim = found.claim
    published: Values = to_json(claim)
    return published | {
        "verdict": str(found.agreement),
        "absence": None if found.absence is None else str(found.absence),
        "reason": found.reason,
        "basis": None if found.basis is None else str(found.basis),
        "record": None if found.record is None else found.record.id,
        "rule": found.rule,
        "compared": _number(found.compared),
        "difference": _number(found.difference),
        "difference_percent": _number(found.difference_percent),
        "convention": None if found.reading is None else found.reading.key,
        "conventions": []
        if metric is None
        else [
            {"key": reading.key, "value": reading.value, "prints": prints(claim, metric, reading.value)}
            for reading in found.readings
        ],
        "ratio": None if found.ratio is None else to_json(found.ratio),
        "own_weights": found.by_own_weights,
    }


def paper_claims(archive: Archive, paper: Paper) -> Values:
    """Say everything that a paper claims, what came of it, and which convention prints which of its claims.

    The tables of its own models stand first, then those of the others that it names.
    """
    answers, metrics = Answers(archive), archive.catalogue.metrics
    claims = list(archive.claims(paper=paper.slug))
    own = own_variants(archive, paper)
    of_own = [claim for claim in claims if claim.variant in own]
    of_others = [claim for claim in claims if claim.variant not in own]
    tables = [table for part in (of_own, of_others) for table in convention_tables(part, metrics, answers.record, "")]
    found = [(metrics.get(claim.metric), answers.reproduction(claim)) for claim in claims]
    stands = [(each.stand, metric.title) for metric, each in found if metric and each.claim.variant is not None]
    return {
        "tally": Tally.of(stands).whole_text if stands else None,
        "claims": [claim_values(metric, each) for metric, each in found],
        "conventions": [_table_values(table) for table in tables],
    }


def _table_values(table: ConventionTable) -> Values:
    return {
        "title": table.title,
        "conventions": list(table.heads),
        "claims": [
            {
                "model": line.model,
                "claimed": line.claimed.text,
                "values": [cell.number.text for cell in line.cells],
                "prints": [cell.prints for cell in line.cells],
            }
            for line in table.lines
        ],
        "printed": list(table.tallies),
        "summary": table.summary,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 9)


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
