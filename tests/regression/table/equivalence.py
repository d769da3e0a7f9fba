"""Rows of checks that ask whether both sides are equally good."""

from typing import Any

from pwc_bench.core.verdict import Outcome
from tests.regression.sides import Evaluated, accuracy, cost, predictions
from tests.regression.table.case import Case, Section

__all__ = ["EQUIVALENCE"]

_OLD = accuracy(found=predictions(7_500, images=10_000))


def _bf16(lost: int, gained: int, **options: Any) -> Evaluated:  # noqa: ANN401 - as `predictions` takes them
    found = predictions(7_500, images=10_000, lost=lost, gained=gained, **options)
    return accuracy(found=found).but(environment={"precision": "bf16"})


def _row(baseline: str, candidate: str, new: Evaluated, outcome: Outcome, code: int, **more: Any) -> Case:  # noqa: ANN401
    fields: dict[str, Any] = {"old": [_OLD], "metric": "top1", "only": ["top1"], "equivalent": 0.5, "warns": True}
    return Case(baseline=baseline, candidate=candidate, new=[new], outcome=outcome, exit_code=code, **fields | more)


EQUIVALENCE = Section(
    "Equally good: `--equivalent 0.5`",
    "The question is turned around: a variant passes where both a loss and a gain of the margin are shown not to be, "
    "by two one-sided tests on the same images (Tango's score for top-1 and top-5, Student's t for the likelihood, "
    "whose margin is a hundredth of a nat for each point), each p < 0.01. All must pass, so nothing is corrected for "
    "being many; a loss of more, which fails, is corrected by Holm; a gain of more passes as improved. Precision, "
    "implementation and weights may differ, images, labels and recipe may not; where each side holds one variant, its "
    "name may differ too. Churn is the share of first guesses that changed. Nothing else is compared. "
    "(10,000 images, 75 % right.)",
    (
        _row("fp32", "bf16: 12 images lost and 10 gained", _bf16(12, 10), Outcome.EQUIVALENT, 0),
        _row("fp32", "bf16: 160 lost and 150 gained: as good on the whole, and other errors", _bf16(160, 150),
             Outcome.INCONCLUSIVE, 5),
        _row("fp32", "the same with a margin of 1 point", _bf16(160, 150), Outcome.EQUIVALENT, 0, equivalent=1.0),
        _row("fp32", "bf16: 50 lost, half a point, and 10 gained", _bf16(50, 10), Outcome.INCONCLUSIVE, 5),
        _row("fp32", "bf16: 140 lost and 20 gained", _bf16(140, 20), Outcome.REGRESSED, 1),
        _row("fp32", "bf16: 20 lost and 140 gained: better by more than the margin", _bf16(20, 140),
             Outcome.IMPROVED, 0),
        _row("fp32", "the same predictions", _OLD, Outcome.EQUIVALENT, 0, warns=False),
        _row("fp32", "bf16: the same guesses, likelihood worse by 0.001 nats", _bf16(0, 0, nll=0.001),
             Outcome.EQUIVALENT, 0, metric="nll", only=["nll"], warns=False),
        _row("fp32", "bf16: the same guesses, likelihood worse by 0.01 nats", _bf16(0, 0, nll=0.01),
             Outcome.REGRESSED, 1, metric="nll", only=["nll"], warns=False),
        _row("200 images", "bf16: the same guesses: too few images to show it",
             accuracy(found=predictions(150, images=200, shifted=1)).but(environment={"precision": "bf16"}),
             Outcome.INCONCLUSIVE, 5, old=[accuracy(found=predictions(150, images=200))]),
        _row("the reference implementation", "the fused one: 2 lost and 2 gained",
             accuracy(found=predictions(7_500, images=10_000, lost=2, gained=2)).but(
                 environment={"implementation": "fused"}
             ), Outcome.EQUIVALENT, 0),
        _row("a model", "a quantised one by another name: 12 lost and 10 gained",
             accuracy("my:quantised", predictions(7_500, images=10_000, lost=12, gained=10)), Outcome.EQUIVALENT, 0,
             variant="my:quantised"),
        _row("fp32", "bf16, of other images or labels",
             _bf16(0, 0).but(provenance={"manifest_sha256": "ef" * 32}), Outcome.INCOMPARABLE, 3, warns=False),
        _row("fp32", "bf16, its predictions not kept", _bf16(12, 10).without_predictions(),
             Outcome.INCOMPARABLE, 3, warns=False),
        _row("fp32", "bf16, some scores are NaN", _bf16(0, 0, nll=float("nan")), Outcome.INCONCLUSIVE, 5, warns=False),
        _row("accuracy", "cost only", cost(), Outcome.MISSING, 4, warns=False),
    ),
)  # fmt: skip
