"""The reports that other programs show: JUnit XML, pull-request comments, annotations."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports import render
from pwc_bench.regression.reports.markdown import LONGEST_BYTES, MARKER, escaped
from tests.example_archive import METRICS
from tests.regression.reports.examples import context_of, explanation, make_verdict, many, nasty, typical


def _junit(verdicts: tuple[Verdict, ...]) -> ET.Element:
    return ET.fromstring(render("junit", verdicts, context_of(verdicts, explanation())))


def test_junit_has_a_case_a_verdict_and_true_counts() -> None:
    """Failures, errors and skipped cases are those of the verdicts, on the whole and on each suite."""
    root = _junit(typical())
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "2",
        "errors": "3",
        "skipped": "1",
    }
    for suite in root.iter("testsuite"):
        assert suite.get("tests") == str(len(suite.findall("testcase")))
    keys = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(keys)) == len(keys) == 10


def test_junit_tells_a_regression_from_what_could_not_be_found_out() -> None:
    """A regression is a failure; missing, incomparable and undecided are errors."""
    root = _junit(typical())
    assert {case.get("type") for case in root.iter("failure")} == {"regressed"}
    assert {case.get("type") for case in root.iter("error")} == {"missing", "incomparable", "inconclusive"}
    (failure,) = root.findall("testsuite[@name='convit-s']/testcase[@name='top1']/failure")
    assert "goldfish 8, eel 3" in (failure.text or "")


def test_two_implementations_of_a_variant_are_told_apart() -> None:
    """In every format: by name, and as cases of their own."""
    verdicts = tuple(
        replace(
            make_verdict("convit-s", METRICS["top1"], Outcome.REGRESSED, "worse", 81.0, 80.0),
            implementation=implementation,
        )
        for implementation in ("fused", "reference")
    )
    told = replace(explanation(), implementation="fused")
    context = context_of(verdicts, told)
    for name in ("text", "markdown", "github"):
        report = render(name, verdicts, context)
        assert "ConViT-S (fused)" in report
        assert "ConViT-S (reference)" in report
    root = ET.fromstring(render("junit", verdicts, context))
    cases = {case.get("classname"): case for case in root.iter("testcase")}
    assert set(cases) == {"convit-s.imagenet-1k.fused", "convit-s.imagenet-1k.reference"}
    assert "goldfish" in "".join(cases["convit-s.imagenet-1k.fused"].itertext())
    assert "goldfish" not in "".join(cases["convit-s.imagenet-1k.reference"].itertext())


def test_junit_is_valid_with_any_text() -> None:
    """Characters that XML cannot hold are replaced, all others come through."""
    root = _junit(nasty())
    assert [suite.get("name", "")[:8] for suite in root.iter("testsuite")][1] == "视觉变换器-超大"
    assert "\x00" not in ET.tostring(root, encoding="unicode")
    message = next(case.get("message", "") for case in root.iter("error") if case.get("type") == "incomparable")
    assert "<script>alert(1)</script>" in message


def test_junit_without_anything_gated_is_no_pass() -> None:
    """A CI server that counts failed cases finds one."""
    for verdicts in ((), tuple(v for v in typical() if not v.is_gated)):
        root = _junit(verdicts)
        assert root.get("errors") == "1"
        assert next(root.iter("error")).get("type") == "nothing-compared"


def test_markdown_fits_into_a_comment() -> None:
    """A thousand changes are cut, and their number said; the reader still sees how it ended."""
    for count in (1, 100, 3_000):
        text = render("markdown", many(count), context_of(many(count), *[explanation()] * 100))
        assert len(text.encode()) <= LONGEST_BYTES
        assert text.startswith(MARKER)
    assert re.search(r"Left out for length: [\d,]+ rows, 101 folded sections; the JSON report has them", text)
    assert text.count("<details>") == text.count("</details>")


def test_markdown_rows_have_all_cells() -> None:
    """No pipe or line end of the data makes a cell or a row of its own."""
    for line in render("markdown", (*nasty(), *typical()), context_of(nasty(), explanation())).splitlines():
        if line.startswith("| ") and "regressed" in line:
            assert line.count("|") == 8


def test_markdown_tells_a_p_value_once() -> None:
    """In the sentence of the test where it tells it, else behind it."""
    for reason, times in (("131 images lost (p < 0.000001)", 1), ("131 images lost", 1)):
        verdict = make_verdict("a", METRICS["top1"], Outcome.REGRESSED, reason, 81.0, 80.0, p_value=1e-9)
        assert render("markdown", (verdict,), context_of((verdict,))).count("p &lt; ") == times


def test_markdown_disarms_data() -> None:
    """Neither markup nor mentions nor issue numbers come out of a name."""
    text = render("markdown", nasty(), context_of(nasty()))
    assert "<script" not in text
    assert "@everyone" not in text
    assert escaped("@ada fixes #12: a|b *c* <d> & `e`\nf") == (
        "@&#8203;ada fixes #&#8203;12: a&#124;b &#42;c&#42; &lt;d&gt; &amp; &#96;e&#96; f"
    )


def _commands(verdicts: tuple[Verdict, ...]) -> list[tuple[str, str, str]]:
    found = []
    for line in render("github", verdicts, context_of(verdicts)).splitlines():
        match = re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", line)
        assert match, line
        found.append((match[1], match[2], match[3]))
    return found


def test_annotations_are_one_line_each_whatever_the_data() -> None:
    """A line end in a reason is escaped, so that it can start no command of its own."""
    assert [kind for kind, _, _ in _commands(nasty())] == ["error"] * 4 + ["warning", "notice"]
    assert "%0A" in _commands(nasty())[1][2]


def test_annotations_say_how_it_ended_first() -> None:
    """The summary is an error where the check fails and a notice where it passes."""
    assert _commands(typical())[0][:2] == ("error", "pwc-bench check")
    ((kind, _, message),) = _commands((make_verdict("a", METRICS["top1"], Outcome.SAME, "same", 1.0, 1.0),))
    assert (kind, message[:31]) == ("notice", "1 same. Exit code 0: nothing go")


def test_annotations_stay_below_the_number_that_is_shown() -> None:
    """Of a kind there are at most ten; the last one counts those that are not shown."""
    found = _commands(many(100))
    assert len(found) == 10
    assert found[-1][1] == "92 more"
    assert "model-00099" in found[-1][2] or found[-1][2].endswith("…")


def test_github_counts_what_a_step_does_not_show() -> None:
    """Nine annotations of a kind and one that names the others: ten are the most that a step shows."""

    def shown(count: int) -> list[str]:
        verdicts = tuple(
            make_verdict(f"v{number}", METRICS["top1"], Outcome.REGRESSED, "worse", 81.0, 80.0)
            for number in range(count)
        )
        return render("github", verdicts, context_of(verdicts)).splitlines()

    nine, ten = shown(9), shown(10)
    assert len(nine) == len(ten) == 10
    assert nine[-1].startswith("::error title=v8%3A Top-1 accuracy on imagenet-1k regressed::")
    assert ten[-1] == (
        "::error title=2 more::v8: Top-1 accuracy on imagenet-1k regressed%0A"
        "v9: Top-1 accuracy on imagenet-1k regressed"
    )


def test_dots_in_names_part_nothing_in_junit() -> None:
    """A dot parts the levels of a class name, so that those of names become dashes."""
    verdict = make_verdict("timm:resnet50.a1", METRICS["top1"], Outcome.REGRESSED, "worse", 81.0, 80.0, dataset="v2.1")
    (case,) = _junit((verdict,)).iter("testcase")
    assert case.get("classname") == "timm:resnet50-a1.v2-1"
