"""Claims, measurements and verdicts as JSON values: what `show --json` says of them."""

from decimal import Decimal
from typing import Any

from pwc_bench.cli.jsonable import to_json
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record
from pwc_bench.core.reproduction import prints
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.views.answers import Answers
from pwc_bench.views.cells import setting_text
from pwc_bench.views.convention_table import ConventionTable, convention_tables
from pwc_bench.views.paper_results import own_variants
from pwc_bench.views.reproduction import Reproduction, Tally

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
    stands = [(each.agreement, metric.title) for metric, each in found if metric and each.claim.variant is not None]
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
