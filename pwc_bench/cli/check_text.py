"""What a check would do, and by which settings: for `--dry-run` and `--show-config`."""

from collections.abc import Iterator

from pwc_bench.api.check_settings import CheckSettings, threshold_values
from pwc_bench.api.checking import Check
from pwc_bench.cli.text import plural, wrapped
from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.exact_value import ExactValue
from pwc_bench.core.metric import Kind
from pwc_bench.core.verdict import Outcome, Verdict

__all__ = ["plan_lines", "settings_lines", "value_change"]

_TESTS = {
    Kind.EXACT: "equal, or accepted",
    Kind.PAIRED: "image by image",
    Kind.SAMPLED: "round against round",
    Kind.DESCRIPTIVE: "shown only",
}
_NOT_COMPARED = (Outcome.INCOMPARABLE, Outcome.MISSING)


def settings_lines(settings: CheckSettings) -> Iterator[str]:
    """Yield each setting, its value and where it was said."""
    values: dict[str, str] = {
        "baseline": settings.baseline or "the records in results/",
        "candidate": settings.candidate or "the newest campaign in the database",
        "metrics": ", ".join(settings.metrics) or "all",
        "models": ", ".join(settings.models) or "all of the baseline",
        "accepted": settings.accepted or "results/accepted.jsonl",
        "format": settings.format,
    }
    values |= {key: f"{number:g}" for key, number in threshold_values(settings.policy).items()}
    widths = max(map(len, values)), max(map(len, values.values()))
    for key, text in values.items():
        yield f"{key:<{widths[0]}}  {text:<{widths[1]}}  {settings.origins[key]}"


def plan_lines(check: Check) -> Iterator[str]:
    """Yield what would be compared, how, and what cannot be and why."""
    yield f"baseline   {check.baseline.name}"
    yield f"candidate  {check.candidate.name}"
    compared = [verdict for verdict in check.verdicts if verdict.outcome not in _NOT_COMPARED]
    for dataset in dict.fromkeys(verdict.dataset for verdict in compared):
        yield ""
        yield "the architecture" if dataset is None else f"on {dataset}"
        for variant in dict.fromkeys(verdict.variant for verdict in compared if verdict.dataset == dataset):
            yield from _variant_lines([v for v in compared if (v.dataset, v.variant) == (dataset, variant)])
    refused = [verdict for verdict in check.verdicts if verdict.outcome in _NOT_COMPARED]
    if refused:
        yield ""
        yield "not compared"
    for reason in dict.fromkeys((v.variant, v.dataset, v.outcome, v.reason) for v in refused):
        alike = [v for v in refused if (v.variant, v.dataset, v.outcome, v.reason) == reason]
        names = ", ".join(dict.fromkeys(v.metric.key for v in alike))
        yield wrapped(f"{reason[0]}: {names}: {reason[2]}: {reason[3]}", first="  ", indent="    ")
    yield ""
    yield f"{plural(len(compared), 'value')} would be compared, {len(refused):,} cannot be; nothing was judged"


def _variant_lines(verdicts: list[Verdict]) -> Iterator[str]:
    by_test: dict[str, dict[str, None]] = {}
    for verdict in verdicts:
        test = _TESTS[verdict.metric.kind] if verdict.is_gated else _TESTS[Kind.DESCRIPTIVE]
        by_test.setdefault(test, {})[verdict.metric.key] = None
    for number, (test, metrics) in enumerate(by_test.items()):
        head = verdicts[0].variant if number == 0 else ""
        yield wrapped(f"{test}: {', '.join(metrics)}", first=f"  {head:<16} ", indent=" " * 21)


def value_change(before: ExactValue, accepted: Acceptance) -> str:
    """Return what was accepted beside what it was: "5.757 -> 5.4", or the beginnings of two hashes."""
    if before.value != accepted.value:
        return f"{before.value!r} -> {accepted.value!r}"
    return f"{_begin(before.text)} -> {_begin(accepted.text)}"


def _begin(text: str | None) -> str:
    return "none" if text is None else text[:12] if len(text) == 64 else text
