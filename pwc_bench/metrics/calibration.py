"""Expected calibration error: whether a confidence of 80 % means 80 % right.

Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015); 15 bins of
equal width as in Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017); corrected for chance as in Kumar,
Liang and Ma, "Verified Uncertainty Calibration" (NeurIPS 2019).
"""

from typing import Any

from pwc_bench.core.instruments import Instrument, Measurements
from pwc_bench.core.measurement import Json, Measurement, PassSummary, PredictionBatch
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope

BINS = 15
"""Bins of equal width over [0, 1], each open below and closed above."""

ECE = Metric(
    key="ece",
    title="Expected calibration error",
    unit="%",
    better=Better.LOWER,
    kind=Kind.DESCRIPTIVE,
    scope=Scope.DATASET,
    version=2,
    tolerance=0.05,
    display=Display("%", decimals=2),
    definition=(
        "The mean distance between confidence and accuracy: images are put into 15 bins of equal width by the "
        "probability of their first guess, and the bins' |accuracy - mean confidence| are averaged, weighted "
        "by their images. Chance alone raises that mean, so what it is expected to add is taken off; the mean as it "
        "stands is kept in the details (version 1 of this metric was that). The 95 % interval holds for calibrated "
        "models too, and is wider than it need be for others."
    ),
    bounds=(0.0, 100.0),
)


class CalibrationMeter:
    """Keeps five bytes an image."""

    def __init__(self) -> None:
        self._confidences: list[Any] = []
        self._hits: list[Any] = []

    def update(self, batch: PredictionBatch) -> None:
        """Take n first guesses: their probability and whether they are right."""
        import numpy as np

        self._confidences.append(np.array(np.asarray(batch.scores)[:, 0], dtype=np.float32))
        self._hits.append(np.asarray(batch.top5)[:, 0] == np.asarray(batch.labels))

    def measurements(self, summary: PassSummary) -> Measurements:  # noqa: ARG002 - counted here, image by image
        """Return the error in %; nothing where no image passed, or where one has no finite confidence."""
        import numpy as np

        from pwc_bench.statistics import reliability

        if not self._confidences:
            return {}
        confidence, hit = np.concatenate(self._confidences), np.concatenate(self._hits)
        if confidence.size == 0 or not np.isfinite(confidence).all():
            return {}
        found = reliability(confidence, hit, BINS)
        bins: list[Json] = [
            {"from": b.low, "to": b.high, "images": b.images, "confidence": b.confidence, "accuracy": b.accuracy}
            for b in found.bins
        ]
        measurement = Measurement(
            value=100.0 * found.error,
            unit=ECE.unit,
            interval=(100.0 * found.interval[0], 100.0 * found.interval[1]),
            details={
                "images": int(confidence.size),
                "binned_error_percent": 100.0 * found.binned,
                "bins": bins,
                "interval": "of the true error of these bins, 95 % at least",
            },
            version=ECE.version,
        )
        return {ECE.key: measurement}


INSTRUMENT = Instrument(metrics=(ECE,), meter=CalibrationMeter)
