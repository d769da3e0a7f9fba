"""Top-1 and top-5 accuracy: how often the right class is the first guess, or among the first five."""

from pwc_bench.core.instruments import Instrument, Measurements
from pwc_bench.core.measurement import Json, Measurement, PassSummary, PredictionBatch
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, PerImage, Scope


def _accuracy(key: str, title: str, per_image: PerImage, definition: str) -> Metric:
    return Metric(
        key=key,
        title=title,
        unit="%",
        better=Better.HIGHER,
        kind=Kind.PAIRED,
        scope=Scope.DATASET,
        version=1,
        # Two careful evaluations of one checkpoint differ by up to a dozen of 50,000 images; a loss below 0.05 points
        # says nothing.
        tolerance=0.05,
        display=Display("%", decimals=2),
        definition=definition,
        bounds=(0.0, 100.0),
        per_image=per_image,
        column=Column.RESULT,
    )


TOP1 = _accuracy(
    "top1",
    "Top-1 accuracy",
    PerImage.FIRST,
    "The share of images whose most probable class is the right one, over all images that could be decoded, one centre "
    "crop each. The interval is Wilson's at 95 %: what another sample of as many images could give.",
)
TOP5 = _accuracy(
    "top5",
    "Top-5 accuracy",
    PerImage.FIVE,
    "The share of images whose right class is among the five most probable ones, over the same images and crops as "
    "top-1. The interval is Wilson's at 95 %.",
)


class AccuracyMeter:
    """Counts right guesses. Holds six numbers, however many images pass."""

    def __init__(self) -> None:
        self._images = 0
        self._first = 0
        self._among_five = 0
        self._not_finite = 0
        self._tied = 0
        self._tied_fifth = 0

    def update(self, batch: PredictionBatch) -> None:
        """Count the next n images. The -1 that stands for "no fifth class" never equals a label.

        An image whose scores are not finite is no hit: sorting puts NaN first, so that a NaN at the label would be one.
        """
        import numpy as np

        is_finite, scores = np.isfinite(batch.nll), np.asarray(batch.scores)
        hits = (np.asarray(batch.top5) == np.asarray(batch.labels)[:, None]) & is_finite[:, None]
        is_first = scores == scores[:, :1]
        is_tied = (hits & is_first).any(axis=1) & (is_first.sum(axis=1) > 1)
        if batch.tied is not None:
            is_tied_fifth = np.asarray(batch.tied) & is_finite
            is_tied |= is_tied_fifth & is_first.all(axis=1)
            self._tied_fifth += int(is_tied_fifth.sum())
        self._tied += int(is_tied.sum())
        self._images += len(hits)
        self._first += int(hits[:, 0].sum())
        self._among_five += int(hits.any(axis=1).sum())
        self._not_finite += int((~is_finite).sum())

    def measurements(self, summary: PassSummary) -> Measurements:  # noqa: ARG002 - counted here, image by image
        """Return both accuracies in %; nothing where no image passed, since an empty set has no accuracy."""
        if self._images == 0:
            return {}
        first = "the highest score with another one on {}: their order is chance"
        fifth = "the fifth-highest score with a class beyond the five on {}: which of them is among the five is chance"
        return {
            TOP1.key: self._share(self._first, self._tied, first),
            TOP5.key: self._share(self._among_five, self._tied_fifth, fifth),
        }

    def _share(self, correct: int, tied: int, shared: str) -> Measurement:
        from pwc_bench.statistics import wilson

        low, high = wilson(correct, self._images)
        told: tuple[str, ...] = ()
        details: dict[str, Json] = {"correct": correct, "images": self._images, "interval": "Wilson, 95 %"}
        caveats: tuple[str, ...] = ()
        if self._not_finite:
            share = f"{self._not_finite} of {self._images} images have scores that are not finite"
            caveats = (f"{share}: the model overflows at this precision, or its weights are broken.",)
        if tied:
            details["tied"] = tied
            told = (f"The right class shares {shared.format(f'{tied} of {self._images} images')}.",)
        return Measurement(
            value=100.0 * correct / self._images,
            unit="%",
            interval=(100.0 * low, 100.0 * high),
            details=details,
            caveats=(*caveats, *told),
        )


INSTRUMENT = Instrument(metrics=(TOP1, TOP5), meter=AccuracyMeter)
