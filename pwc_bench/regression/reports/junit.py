"""The report as JUnit XML, which CI servers list as tests: a suite a variant, a case a verdict.

A regression is a failure; what is missing, incomparable or undecided is an error, since nothing was found out; what is
never gated is skipped. A check that gated nothing holds one more case, which is an error: it is no pass.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from pwc_bench.core.text_forms import one_line, writable
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.explanation import Explanation
from pwc_bench.regression.reports.explanation_text import explanation_lines
from pwc_bench.regression.reports.wording import (
    ReportContext,
    meaning,
    p_text,
    shown,
    sorted_verdicts,
    subject,
    with_unit,
)


def render(verdicts: Sequence[Verdict], context: ReportContext) -> str:
    """Return the document, with a line end."""
    root = ET.Element("testsuites", name="pwc-bench check")
    for variant in dict.fromkeys(verdict.variant for verdict in verdicts):
        suite = ET.SubElement(root, "testsuite", name=writable(variant))
        _properties(suite, context)
        for verdict in sorted_verdicts([verdict for verdict in verdicts if verdict.variant == variant]):
            _case(suite, verdict, context.explanations)
    if not any(verdict.is_gated for verdict in verdicts):
        suite = ET.SubElement(root, "testsuite", name="pwc-bench check")
        _properties(suite, context)
        case = ET.SubElement(suite, "testcase", classname="pwc-bench.check", name="something was compared", time="0")
        ET.SubElement(case, "error", type="nothing-compared", message=writable(meaning(context.exit_code)))
    _count(root)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _properties(suite: ET.Element, context: ReportContext) -> None:
    properties = ET.SubElement(suite, "properties")
    told = {"baseline": context.baseline, "candidate": context.candidate, "exit_code": str(context.exit_code)}
    for name, value in told.items():
        ET.SubElement(properties, "property", name=name, value=writable(value))


def _case(suite: ET.Element, verdict: Verdict, explanations: Sequence[Explanation]) -> None:
    # Dots part the levels of a class name, so the key's own ones become dashes.
    levels = (verdict.variant, verdict.dataset or "architecture", verdict.implementation)
    parts = (part.replace(".", "-") for part in levels if part is not None)
    case = ET.SubElement(
        suite, "testcase", classname=writable(".".join(parts)), name=writable(verdict.metric.key), time="0"
    )
    message = writable(one_line(verdict.reason))
    if not verdict.is_gated:
        ET.SubElement(case, "skipped", message=writable(f"never gated: {verdict.outcome}. {one_line(verdict.reason)}"))
    elif verdict.outcome is Outcome.REGRESSED:
        ET.SubElement(case, "failure", type=verdict.outcome, message=message).text = _body(verdict, explanations)
    elif not verdict.outcome.passes:
        ET.SubElement(case, "error", type=verdict.outcome, message=message).text = _body(verdict, explanations)
    else:
        ET.SubElement(case, "system-out").text = _body(verdict, ())


def _body(verdict: Verdict, explanations: Sequence[Explanation]) -> str:
    numbers = shown(verdict)
    lines = [
        subject(verdict),
        f"baseline   {with_unit(numbers.baseline, numbers.unit)}",
        f"candidate  {with_unit(numbers.candidate, numbers.unit)}",
        f"change     {numbers.change}" + (f", {p}" if (p := p_text(verdict.p_value)) else ""),
        f"{verdict.outcome}{' (accepted)' if verdict.is_accepted else ''}: {one_line(verdict.reason)}",
        *(f"warning: {one_line(warning)}" for warning in verdict.warnings),
    ]
    for explanation in explanations:
        told = (explanation.variant, explanation.dataset, explanation.metric, explanation.implementation)
        if told == (verdict.variant, verdict.dataset, verdict.metric.key, verdict.implementation):
            lines += ["", *explanation_lines(explanation)]
    return writable("\n" + "\n".join(line.rstrip() for line in lines) + "\n")


def _count(root: ET.Element) -> None:
    """Write the counts on each suite and on the whole."""
    for holder in (root, *root.iter("testsuite")):
        holder.set("tests", str(len(list(holder.iter("testcase")))))
        holder.set("failures", str(len(list(holder.iter("failure")))))
        holder.set("errors", str(len(list(holder.iter("error")))))
        holder.set("skipped", str(len(list(holder.iter("skipped")))))
        holder.set("time", "0")
