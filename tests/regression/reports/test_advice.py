"""What a check says about variants and speeds that only one side has."""

from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports import FORMATS, render
from pwc_bench.regression.reports.advice import advice
from tests.example_archive import METRICS
from tests.regression.reports.examples import LATENCY, context_of, make_verdict

_UNMEASURED = "the candidate has no record of it"


def _measured() -> tuple[Verdict, ...]:
    return (make_verdict("convit-ti", METRICS["gflops"], Outcome.SAME, "unchanged", 1.257, 1.257),)


def _absent(*variants: str) -> tuple[Verdict, ...]:
    return tuple(
        make_verdict(variant, metric, Outcome.MISSING, _UNMEASURED, 5.0)
        for variant in variants
        for metric in (METRICS["gflops"], METRICS["parameters"], LATENCY)
    )


def test_it_names_the_option_that_leaves_out_what_was_not_measured() -> None:
    """The newcomer measured one variant of a baseline of three: he is told how to compare that one."""
    (only,) = advice((*_measured(), *_absent("convit-s", "convit-b")))
    assert "the candidate measured 1 of the baseline's 3 variants" in only
    assert "--models convit-ti" in only


def test_a_candidate_with_other_variants_only_is_told_to_bring_its_own_baseline() -> None:
    """No option helps where the sides share nothing."""
    new = make_verdict("my_model:make", METRICS["gflops"], Outcome.INCOMPARABLE, "new", None, 1.0)
    (only,) = advice((*_absent("convit-s"), new))
    assert "--baseline" in only
    assert "pwc-bench export" in only


def test_speed_of_other_hardware_can_be_left_out() -> None:
    """The metrics that could be compared are named; where there are none, only a baseline of one's own helps."""
    slow = make_verdict("convit-ti", LATENCY, Outcome.INCOMPARABLE, "different device A against B", 5.0, 6.0)
    assert "--metrics gflops, or" in next(iter(advice((*_measured(), slow))))
    assert "--metrics" not in next(iter(advice((slow,))))


def test_another_definition_is_no_matter_of_hardware() -> None:
    """A metric that is measured in another way than before cannot be saved by the same machine."""
    moved = make_verdict("convit-ti", LATENCY, Outcome.INCOMPARABLE, "different version", 5.0, 6.0)
    newer = replace(moved, candidate=Measurement(6.0, "ms", version=2))
    assert not list(advice((*_measured(), newer)))


def test_whole_checks_get_no_advice() -> None:
    """Nothing is said where both sides hold the same, nor where one metric alone is missing."""
    assert not list(advice(_measured()))
    gone = make_verdict("convit-ti", METRICS["parameters"], Outcome.MISSING, "not measured", 5.0)
    assert not list(advice((*_measured(), gone)))


def test_a_variant_that_is_missing_whole_has_one_line() -> None:
    """Eleven variants of six metrics must not bury the one that was compared."""
    verdicts = (*_measured(), *_absent("convit-s", "convit-b"))
    context = context_of(verdicts)
    for form in ("text", "markdown", "github"):
        text = render(form, verdicts, context)
        assert text.count("3 metrics") == 2, form
    assert render("text", verdicts, context).count(_UNMEASURED) == 1
    for form in set(FORMATS) - {"text", "markdown", "github"}:  # what programs read stays whole
        assert render(form, verdicts, context).count(_UNMEASURED) >= 6, form


def test_a_variant_that_lacks_some_metrics_is_listed_metric_by_metric() -> None:
    """Also where what it has is unchanged, and is counted only."""
    same = tuple(make_verdict("convit-s", METRICS["top1"], Outcome.SAME, "unchanged", 80.0, 80.0) for _ in range(7))
    verdicts = (*same, *_absent("convit-s"))
    text = render("text", verdicts, context_of(verdicts))
    assert "3 metrics" not in text
    assert [line.split()[2] for line in text.splitlines() if line.startswith("missing  ") and "convit-s" in line] == [
        "gflops,",
        "parameters,",
        "latency_p50,",
    ]


def test_what_only_the_candidate_has_is_called_new() -> None:
    """It is not "incomparable" to somebody who added a metric."""
    new = Verdict(
        variant="convit-ti",
        title="ConViT-Ti",
        dataset=None,
        metric=METRICS["parameters"],
        outcome=Outcome.INCOMPARABLE,
        reason="new: the baseline has nothing comparable, so nothing is compared",
        is_gated=False,
        candidate=_measured()[0].candidate,
    )
    verdicts = (*_measured(), new)
    assert "(new)" in render("text", verdicts, context_of(verdicts))
    assert "(incomparable)" not in render("text", verdicts, context_of(verdicts))


_PUBLISH = "pwc-bench export --format jsonl --campaign NAME --output results/NAME.jsonl"


def test_the_sentences_can_be_typed() -> None:
    """Lists have commas and no spaces, as options take them; the command is whole."""
    two = (*_measured(), make_verdict("convit-b", METRICS["gflops"], Outcome.SAME, "unchanged", 1.0, 1.0))
    (only,) = advice((*two, *_absent("convit-s")))
    assert only == (
        "the candidate measured 2 of the baseline's 3 variants: run the others too, or compare only what it has "
        "with --models convit-ti,convit-b"
    )
    slow = make_verdict("convit-ti", LATENCY, Outcome.INCOMPARABLE, "different device A against B", 5.0, 6.0)
    seen = make_verdict("convit-ti", METRICS["top1"], Outcome.SAME, "unchanged", 5.0, 5.0)
    moved = make_verdict("convit-ti", METRICS["parameters"], Outcome.INCOMPARABLE, "different version", 5.0, 6.0)
    timed = make_verdict("convit-ti", METRICS["throughput"], Outcome.SAME, "the same", 5.0, 5.0)
    (only,) = advice((*two, seen, slow, moved, timed))
    elsewhere = "speed is compared between equal hardware and settings only:"
    assert only == (
        f"{elsewhere} leave it out with --metrics gflops,top1, or publish a baseline from here with {_PUBLISH}"
    )
    assert list(advice((slow,))) == [f"{elsewhere} publish a baseline from here with {_PUBLISH}"]
    new = make_verdict("my_model:make", METRICS["gflops"], Outcome.INCOMPARABLE, "new", None, 1.0)
    (only,) = advice((*_absent("convit-s"), new))
    assert only == (
        "the baseline holds other variants than the candidate: name another one with --baseline, or publish this "
        f"run as one with {_PUBLISH}"
    )
    assert list(advice(_absent("convit-s"))) == []


def test_a_speed_that_only_one_side_has_is_no_matter_of_hardware() -> None:
    """There is nothing that another machine would make comparable."""
    for old, new in ((5.0, None), (None, 5.0)):
        lone = make_verdict("convit-ti", LATENCY, Outcome.INCOMPARABLE, "new", old, new)
        assert not list(advice((*_measured(), lone)))
    same = make_verdict("convit-ti", LATENCY, Outcome.SAME, "the same", 5.0, 5.0)
    assert not list(advice((*_measured(), same)))
