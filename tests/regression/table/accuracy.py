"""Rows about metrics that are compared image by image."""

from dataclasses import replace

import numpy as np

from pwc_bench.core.measurement import Measurement, PredictionBatch
from pwc_bench.core.record import PredictionsFile
from pwc_bench.core.verdict import Outcome
from tests.factories import RECIPE
from tests.regression.sides import Evaluated, accuracy, predictions
from tests.regression.table.case import Case, Section

__all__ = ["ACCURACY"]

_OLD = accuracy()
_SIX = ("convit-ti", "convit-ti-plus", "convit-s", "convit-s-plus", "convit-b", "convit-b-plus")
_CPU = {"device": "Intel(R) Xeon(R) Processor", "device_type": "cpu", "batch_size": 8, "threads": 2}


def _now(variant: str = "convit-s", **changes: float) -> Evaluated:
    return accuracy(variant, predictions(1_500, **changes))  # type: ignore[arg-type]


def _of(images: int, **changes: int) -> Evaluated:
    return accuracy(found=predictions(images * 3 // 4, images=images, **changes))


def _broken(found: PredictionBatch) -> Evaluated:
    """Three images have no finite likelihood, so that no mean of it was measured."""
    nll = np.array(found.nll)
    nll[:3] = np.nan
    return accuracy(found=replace(found, nll=nll))


def _only_top5() -> Evaluated:
    """60 images of which the right class is no longer among the five; their first guess was wrong before too."""
    found = predictions(1_500)
    top5 = np.array(found.top5)
    top5[-60:, 1] += 600
    return accuracy(found=replace(found, top5=top5))


def _other_hash(found: Evaluated) -> Evaluated:
    return found.but(provenance={"predictions": PredictionsFile("predictions/77.parquet", "77" * 32)})


def _claiming(found: Evaluated, top1: float) -> Evaluated:
    return found.but(measurements={**found.record.measurements, "top1": Measurement(top1, "%")})


_NONE = accuracy(found=predictions(0, images=0)).but(measurements={"top1": Measurement(0.0, "%")})

ACCURACY = Section(
    "Accuracy and likelihood",
    "The same images are compared one by one, so both sides need their predictions, of the same images, labels, "
    "recipe and precision; the device may be another one. Top-1 and top-5 fail where more images were lost than "
    "won, McNemar's exact test gives p < 0.01 after Holm's correction over all that a check tests, and "
    "the loss is at least 0.05 points. The likelihood fails where its mean is worse by at least 0.0005 nats, a "
    "paired bootstrap's interval leaves out 0, and the paired test gives p < 0.01 after Holm. Where more than 0.5 % "
    "of the first guesses changed, a passing variant has a warning. "
    "(2,000 images, 75 % right, unless a row says otherwise.)",
    (
        Case(
            baseline="predictions",
            candidate="the same predictions",
            old=[_OLD],
            new=[_OLD],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="a hash of its predictions, the file was not kept",
            candidate="the same hash",
            old=[_OLD.without_predictions()],
            new=[_OLD],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="4 images lost, 3 gained",
            old=[_OLD],
            new=[_now(lost=4, gained=3)],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="20 images lost, 22 gained: 2 % changed",
            old=[_OLD],
            new=[_now(lost=20, gained=22)],
            metric="top1",
            outcome=Outcome.SAME,
            warns=True,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="40 images wrong in another way, none lost",
            old=[_OLD],
            new=[_now(shifted=40)],
            metric="top1",
            outcome=Outcome.SAME,
            warns=True,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="40 images lost, 5 gained",
            old=[_OLD],
            new=[_now(lost=40, gained=5)],
            metric="top1",
            outcome=Outcome.REGRESSED,
            warns=True,
            exit_code=1,
        ),
        Case(
            baseline="predictions",
            candidate="5 images lost, 40 gained",
            old=[_OLD],
            new=[_now(lost=5, gained=40)],
            metric="top1",
            outcome=Outcome.IMPROVED,
            warns=True,
            exit_code=0,
        ),
        Case(
            baseline="predictions of 50,000 images",
            candidate="20 lost, none gained: significant, but 0.04 points",
            old=[_of(50_000)],
            new=[_of(50_000, lost=20)],
            only=["top1"],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions of 1,000 images",
            candidate="5 lost, none gained: 0.5 points, but 5 images",
            old=[_of(1_000)],
            new=[_of(1_000, lost=5)],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions of one variant",
            candidate="30 lost, 11 gained: p = 0.004",
            old=[_OLD],
            new=[_now(lost=30, gained=11)],
            metric="top1",
            only=["top1"],
            outcome=Outcome.REGRESSED,
            warns=True,
            exit_code=1,
        ),
        Case(
            baseline="predictions of six variants",
            candidate="30 lost, 11 gained by one of six: p = 0.004 alone, 0.026 among six",
            old=[accuracy(variant) for variant in _SIX],
            new=[accuracy(variant) for variant in _SIX if variant != "convit-s"] + [_now(lost=30, gained=11)],
            metric="top1",
            only=["top1"],
            outcome=Outcome.SAME,
            warns=True,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="the same first guesses, 60 images whose class left the first five",
            old=[_OLD],
            new=[_only_top5()],
            metric="top5",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="predictions",
            candidate="the same guesses, likelihood worse by 0.01 nats",
            old=[_OLD],
            new=[_now(nll=0.01)],
            metric="nll",
            outcome=Outcome.REGRESSED,
            exit_code=1,
        ),
        Case(
            baseline="predictions",
            candidate="the same guesses, likelihood better by 0.01 nats",
            old=[_OLD],
            new=[_now(nll=-0.01)],
            metric="nll",
            outcome=Outcome.IMPROVED,
            exit_code=0,
        ),
        Case(
            baseline="predictions",
            candidate="the same guesses, likelihood worse by 0.0001 nats",
            old=[_OLD],
            new=[_now(nll=0.0001)],
            metric="nll",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions of a GPU",
            candidate="2 lost, 2 gained on a CPU",
            old=[_OLD],
            new=[_now(lost=2, gained=2).but(environment=_CPU)],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions of the reference implementation",
            candidate="2 lost, 2 gained by the fused one",
            old=[_OLD],
            new=[_now(lost=2, gained=2).but(environment={"implementation": "fused"})],
            metric="top1",
            outcome=Outcome.SAME,
            exit_code=0,
        ),
        Case(
            baseline="predictions in fp32",
            candidate="predictions in bf16",
            old=[_OLD],
            new=[_now(lost=2).but(environment={"precision": "bf16"})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions in fp32",
            candidate="predictions in fp32 with TF32 on CUDA",
            old=[_OLD],
            new=[_now(lost=2).but(environment={"tf32": True})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="crops of 256 to 224 pixels",
            candidate="crops of 248 to 224 pixels",
            old=[_OLD],
            new=[_now(lost=2).but(provenance={"recipe": replace(RECIPE, key="exact-248-224", resize_px=248)})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions",
            candidate="other images or labels",
            old=[_OLD],
            new=[_now(lost=2).but(provenance={"manifest_sha256": "ef" * 32})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions, no hash of the images' names",
            candidate="predictions, none either",
            old=[_OLD.but(provenance={"manifest_sha256": None})],
            new=[_now(lost=2).but(provenance={"manifest_sha256": None})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="a record whose predictions were not kept",
            candidate="predictions",
            old=[_other_hash(_OLD).without_predictions()],
            new=[_OLD],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions",
            candidate="a record that names no predictions",
            old=[_OLD],
            new=[_now(lost=2).without_predictions().but(provenance={"predictions": None})],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions",
            candidate="predictions that give 75 % under a record that says 76 %",
            old=[_OLD],
            new=[_claiming(_other_hash(_OLD), 76.0)],
            metric="top1",
            outcome=Outcome.INCOMPARABLE,
            exit_code=3,
        ),
        Case(
            baseline="predictions",
            candidate="the same guesses, three images with NaN for scores",
            old=[_OLD],
            new=[_broken(predictions(1_500))],
            metric="top1",
            only=["top1"],
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
        Case(
            baseline="predictions",
            candidate="40 images lost, and three with NaN for scores",
            old=[_OLD],
            new=[_broken(predictions(1_500, lost=40))],
            metric="top1",
            only=["top1"],
            outcome=Outcome.REGRESSED,
            warns=True,
            exit_code=1,
        ),
        Case(
            baseline="a likelihood",
            candidate="three images with NaN, so no mean likelihood",
            old=[_OLD],
            new=[_broken(predictions(1_500))],
            metric="nll",
            only=["nll"],
            outcome=Outcome.MISSING,
            exit_code=4,
        ),
        Case(
            baseline="predictions of no image",
            candidate="predictions of no image",
            old=[_NONE],
            new=[_other_hash(_NONE)],
            metric="top1",
            only=["top1"],
            outcome=Outcome.INCONCLUSIVE,
            exit_code=5,
        ),
    ),
)
