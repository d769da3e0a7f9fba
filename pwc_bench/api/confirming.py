"""Measuring suspected variants again, before a loss of speed is called one.

Another process does it, `pwc-bench run`, so that a check itself starts without torch; its records are stored like any.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence

from pwc_bench.api.checking import Check
from pwc_bench.api.shelves import CAMPAIGN_PREFIX, open_shelf
from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.exchange import Shelf


def suspects(check: Check) -> tuple[Verdict, ...]:
    """Return the verdicts on speeds of the model alone that are a loss, or may be one."""
    return tuple(
        verdict
        for verdict in check.verdicts
        if verdict.metric.kind is Kind.SAMPLED
        and verdict.metric.scope is Scope.MODEL
        and (verdict.outcome is Outcome.REGRESSED or verdict.evidence.get("suspected") is True)
    )


def measured_again(check: Check, candidate: Shelf, times: int, db: str, observer: Observer) -> tuple[Record, ...]:
    """Measure what is suspected `times` times more, one campaign each, and return the records that are comparable.

    The settings are those of the suspected record. Raises UsageError where the candidate is no campaign of `db`, whose
    model is then not at hand, and EvaluationError where a variant cannot be measured.
    """
    found = suspects(check)
    if not found:
        return ()
    records = {record.id: record for record in candidate.records}
    # Whatever file the candidate came from, its models are only known to be at hand where they were measured here.
    campaigns = {records[v.candidate_record].campaign for v in found if v.candidate_record in records}
    for campaign in campaigns:
        _require_here(campaign, db)
    again: list[Record] = []
    for record, metrics in _by_record(found, records):
        # A second check of the same campaign finds what the first one measured.
        done = _runs_again(record, metrics, db)
        for number in range(len(done) + 1, times + 1):
            observer.stage(f"measuring {record.title or record.variant} again ({number} of {times})")
            _run(record, metrics, f"{record.campaign[:70]}{_AGAIN}{record.id[:8]}-{number}", db)
        again += _runs_again(record, metrics, db)
    return tuple(again)


_AGAIN = "-again-"


def _runs_again(record: Record, metrics: Sequence[Metric], db: str) -> list[Record]:
    """Return the runs that were made to confirm what is suspected of a record."""
    try:
        shelf = open_shelf(f"{CAMPAIGN_PREFIX}{record.campaign[:70]}{_AGAIN}{record.id[:8]}-*", db)
    except UsageError:  # there is none yet
        return []
    wanted = {metric.key for metric in metrics}
    return [each for each in shelf.records if each.variant == record.variant and wanted <= each.measurements.keys()]


def _require_here(campaign: str, db: str) -> None:
    try:
        open_shelf(CAMPAIGN_PREFIX + campaign, db)
    except UsageError:
        raise UsageError(
            f"--confirm: {campaign} is no campaign of this database, so that its models are not at hand: name a "
            "candidate that was measured here"
        ) from None


def _by_record(found: Sequence[Verdict], records: dict[str, Record]) -> Iterator[tuple[Record, list[Metric]]]:
    metrics: dict[str, list[Metric]] = {}
    for verdict in found:
        if verdict.candidate_record in records:
            metrics.setdefault(str(verdict.candidate_record), []).append(verdict.metric)
    for record_id, named in metrics.items():
        yield records[record_id], named


def _run(record: Record, metrics: Sequence[Metric], campaign: str, db: str) -> None:
    of = record.environment
    command = [
        *(sys.executable, "-m", "pwc_bench", "run", "--no-site", "--fresh", "--data=demo", f"--db={db}"),
        *(f"--models={record.variant}", f"--metrics={','.join(metric.key for metric in metrics)}"),
        *(f"--campaign={campaign}", "--note=measured again to confirm a loss of speed"),
        *(f"--device={of.device_type}", f"--precision={of.precision}", f"--implementation={of.implementation}"),
        f"--batch-size={of.batch_size}",
    ]
    flags = {"--tf32": of.tf32, "--compile": of.compile, "--cuda-graphs": bool(of.cuda_graphs),
             "--channels-last": of.memory_format == "channels_last"}  # fmt: skip
    command += [flag for flag, is_on in flags.items() if is_on]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise EvaluationError(f"--confirm: {record.variant} could not be measured again: {last}")
