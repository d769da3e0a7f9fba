"""Negative log-likelihood: how much probability the model gives to the right class."""

from typing import Any

from pwc_bench.core.instruments import Instrument, Measurements
from pwc_bench.core.measurement import Measurement, PassSummary, PredictionBatch
from pwc_bench.core.metric import Better, Display, Kind, Metric, PerImage, Scope

NLL = Metric(
    key="nll",
    title="Negative log-likelihood",
    unit="nats",
    better=Better.LOWER,
    kind=Kind.PAIRED,
    scope=Scope.DATASET,
    version=1,
    tolerance=0.0005,
    display=Display("nats", decimals=3),
    definition=(
        "The mean over all images of -ln p, where p is the softmax probability of the right class, without "
        "label smoothing or temperature. Guessing evenly among 1,000 classes gives 6.908. The interval is a "
        "95 % percentile bootstrap over images."
    ),
    bounds=(0.0, None),
    per_image=PerImage.LIKELIHOOD,
)


class LikelihoodMeter:
    """Keeps four bytes an image, which the bootstrap needs."""

    def __init__(self) -> None:
        self._parts: list[Any] = []

    def update(self, batch: PredictionBatch) -> None:
        """Take n negative log-likelihoods in nats."""
        import numpy as np

        self._parts.append(np.array(batch.nll, dtype=np.float32))

    def measurements(self, summary: PassSummary) -> Measurements:  # noqa: ARG002 - counted here, image by image
        """Return the mean; nothing where no image passed, or where one has no finite likelihood."""
        import numpy as np

        from pwc_bench.statistics import bootstrap_mean

        values = np.concatenate(self._parts) if self._parts else np.empty(0, dtype=np.float32)
        if values.size == 0 or not np.isfinite(values).all():
            return {}
        exact = values.astype(np.float64)
        measurement = Measurement(
            value=float(exact.mean()),
            unit=NLL.unit,
            interval=bootstrap_mean(exact),
            details={
                "images": int(values.size),
                "median": float(np.median(exact)),
                "interval": "percentile bootstrap, 95 %",
            },
        )
        return {NLL.key: measurement}


INSTRUMENT = Instrument(metrics=(NLL,), meter=LikelihoodMeter)
