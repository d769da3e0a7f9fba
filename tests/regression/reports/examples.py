"""Verdicts of every kind, with names and numbers that no layout expects."""

import math

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.verdict import Outcome, Verdict, exit_code
from pwc_bench.regression.explanation import (
    ClassFlips,
    Confidence,
    Crossing,
    Explanation,
    ImageFlip,
    Likelihood,
    Mistake,
)
from pwc_bench.regression.reports import ReportContext
from tests.example_archive import METRICS

__all__ = ["context_of", "explanation", "make_verdict", "many", "nasty", "typical"]

_TITLES = {
    "convit-ti": "ConViT-Ti",
    "convit-ti-plus": "ConViT-Ti+",
    "convit-s": "ConViT-S",
    "convit-s-plus": "ConViT-S+",
    "convit-b": "ConViT-B",
    "convit-b-plus": "ConViT-B+",
}

LATENCY = Metric(
    "latency_p50", "Latency, median", "ms", Better.LOWER, Kind.SAMPLED, Scope.MODEL, 1, 0.0, Display("ms", 1, 2), "One."
)
ECE = Metric(
    "ece", "Calibration error", "%", Better.LOWER, Kind.DESCRIPTIVE, Scope.DATASET, 2, 0.0, Display("%", 1, 2), "Two.",
    (0.0, 100.0),
)  # fmt: skip


def make_verdict(
    variant: str,
    metric: Metric,
    outcome: Outcome,
    reason: str,
    old: float | None = None,
    new: float | None = None,
    *,
    dataset: str | None = "imagenet-1k",
    is_accepted: bool = False,
    ratio: float | None = None,
    p_value: float | None = None,
    warnings: tuple[str, ...] = (),
) -> Verdict:
    """A verdict with its measurements and its difference."""
    return Verdict(
        variant=variant,
        title=_TITLES.get(variant, variant),
        dataset=dataset if metric.scope is Scope.DATASET else None,
        metric=metric,
        outcome=outcome,
        reason=reason,
        is_gated=metric.kind is not Kind.DESCRIPTIVE,
        is_accepted=is_accepted,
        baseline=None if old is None else Measurement(old, metric.unit),
        candidate=None if new is None else Measurement(new, metric.unit),
        difference=None if old is None or new is None or ratio is not None else new - old,
        ratio=ratio,
        p_value=p_value,
        warnings=warnings,
    )


def typical() -> tuple[Verdict, ...]:
    """What a check of two variants may find, in the order of the variants."""
    same = "50,000 images, the same guesses"
    return (
        make_verdict("convit-ti", METRICS["top1"], Outcome.SAME, same, 73.116, 73.116),
        make_verdict("convit-ti", METRICS["gflops"], Outcome.SAME, "equal", 1.257, 1.257),
        make_verdict(
            "convit-ti",
            METRICS["nll"],
            Outcome.IMPROVED,
            "the mean likelihood loss fell on 50,000 images",
            1.132,
            1.121,
            p_value=0.00002,
        ),
        make_verdict("convit-ti", ECE, Outcome.REGRESSED, "it rose; it is shown, never gated", 3.1, 3.4),
        make_verdict(
            "convit-s",
            METRICS["top1"],
            Outcome.REGRESSED,
            "of 50,000 images 410 are no longer right and 180 have become right",
            81.36,
            80.9,
            p_value=0.0003,
            warnings=("1.8 % of the predictions changed, more than the 0.5 % that pass without a word",),
        ),
        make_verdict(
            "convit-s",
            METRICS["parameters"],
            Outcome.SAME,
            "accepted by Ada Lovelace <ada@example.org> on 2026-01-02: the head has a bias | now",
            27_777_000,
            27_777_001,
            is_accepted=True,
        ),
        make_verdict(
            "convit-s",
            METRICS["throughput"],
            Outcome.REGRESSED,
            "the median of 20 rounds is 9.8 % lower, more than the 5 % that are allowed",
            3011.0,
            2716.0,
            ratio=0.902,
            p_value=1.2e-7,
        ),
        make_verdict("convit-s", METRICS["gflops"], Outcome.MISSING, "the candidate has no gflops", 5.757),
        make_verdict(
            "convit-s", LATENCY, Outcome.INCOMPARABLE, "measured on an NVIDIA A100, not on an NVIDIA H200", 4.2, 5.1
        ),
        make_verdict(
            "convit-s", METRICS["top5"], Outcome.INCONCLUSIVE, "the candidate's value is no number", 95.7, math.nan
        ),
    )


def nasty() -> tuple[Verdict, ...]:
    """Names of any length and script, numbers of any size, text that tries to be markup."""
    long_name = "vision-transformer-with-a-name-that-goes-on-and-on-until-nobody-reads-it-any-more-at-all"
    metric = Metric(
        "images_per_second_and_kilowatt_hour",
        "Bilder je Sekunde und Kilowattstunde, über alle Läufe gemittelt",
        "images/s/kWh",
        Better.HIGHER,
        Kind.SAMPLED,
        Scope.DATASET,
        1,
        0.0,
        Display("images/s/kWh", 1.0, 3),
        "Long.",
    )
    evil = (
        "a | b\n::error::no <script>alert(1)</script> **bold** @everyone #12 `code` \x1b[31m\x00 ]]> &amp; 100%, [x](y)"
    )
    return (
        make_verdict(long_name, metric, Outcome.REGRESSED, "slower " * 60, 123456789012.345, 0.000012, ratio=1e-16),
        make_verdict(
            "视觉变换器-超大型号", METRICS["top1"], Outcome.MISSING, "候选者没有这个值", 81.0, dataset="图像网"
        ),
        make_verdict(evil, METRICS["top1"], Outcome.INCOMPARABLE, evil, math.inf, -math.inf, warnings=(evil,)),
        make_verdict("tiny", METRICS["top1"], Outcome.IMPROVED, "a hair", 81.00000000001, 81.00000000002),
    )


def many(count: int) -> tuple[Verdict, ...]:
    """`count` regressions and as many values that stayed the same."""
    found = []
    for number in range(count):
        variant = f"model-{number:05}"
        found.append(make_verdict(variant, METRICS["top1"], Outcome.REGRESSED, "worse by far " * 20, 81.0, 80.0))
        found.append(make_verdict(variant, METRICS["gflops"], Outcome.SAME, "equal", 1.0, 1.0))
    return tuple(found)


def explanation() -> Explanation:
    """A diagnosis of ConViT-S."""
    flips = ImageFlip("ILSVRC2012_val_00000001.JPEG", "tench", "goldfish", 0.2, 1.4)
    odd = ImageFlip("фото <b>|</b> 猫.jpg", "crane", "a|b", 0.1, 2.0)
    return Explanation(
        variant="convit-s",
        title="ConViT-S",
        dataset="imagenet-1k",
        metric="top1",
        metric_title="Top-1 accuracy",
        depth=1,
        crossing=Crossing(40_270, 410, 180, 9_140),
        changed_guesses=912,
        only_in_baseline=1,
        only_in_candidate=0,
        relabelled=2,
        confidence=Confidence(0.871, 0.853, 0.52, 0.49),
        likelihood=Likelihood(0.7512, 0.7801, (flips,)),
        classes=(
            ClassFlips(
                label=0,
                identifier="n01440764",
                name="tench",
                images=50,
                lost=12,
                gained=0,
                mistakes=(Mistake("goldfish", 8), Mistake("eel", 3)),
                lost_images=(flips, flips),
                gained_images=(),
            ),
            ClassFlips(
                label=517,
                identifier="n03126707",
                name="a crane with a name far longer than its column | <i>",
                images=50,
                lost=7,
                gained=2,
                mistakes=(Mistake("起重机", 5),),
                lost_images=(odd,),
                gained_images=(flips,),
            ),
        ),
        more_classes=61,
    )


def context_of(verdicts: tuple[Verdict, ...], *explanations: Explanation, notes: tuple[str, ...] = ()) -> ReportContext:
    """The context of a check of the published records."""
    return ReportContext(
        baseline="results/2026-11-22-cpu-2-cores.jsonl",
        candidate="campaign 2026-11-23-1 in results/pwc-bench.db",
        exit_code=exit_code(verdicts),
        explanations=explanations,
        notes=notes,
    )
