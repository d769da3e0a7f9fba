"""The answer to each claim of an archive: which record speaks to it, and what came of it."""

from functools import cache, partial

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.reproduction import Agreement
from pwc_bench.views.current import Current, current_records, site_usage
from pwc_bench.views.reproduction import Reproduction, reproduce
from pwc_bench.views.speed_ratios import SpeedRatios


class Answers:
    """Answers claims; reads the records of each variant and data set once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._current: dict[tuple[str, str], Current] = {}
        self.usage = cache(partial(site_usage, archive))
        """Returns the usual settings of all records, read once."""
        self.ratios = SpeedRatios(archive)
        """Compares speeds that were claimed on other hardware."""

    def current(self, variant: str, dataset: str) -> Current:
        """Return the records that speak for a variant on a data set and of its architecture."""
        key = (variant, dataset)
        if key not in self._current:
            self._current[key] = current_records(self._archive, dataset, variant=variant, usage=self.usage)
        return self._current[key]

    def record(self, claim: Claim) -> Record | None:
        """Return the record that answers a claim, None where there is none."""
        if claim.variant is None or claim.metric not in self._archive.catalogue.metrics:
            return None
        return self.current(claim.variant, claim.dataset).answer(claim)

    def reproduction(self, claim: Claim) -> Reproduction:
        """Judge a claim by the record that answers it."""
        catalogue = self._archive.catalogue
        metric = catalogue.metrics.get(claim.metric)
        if metric is None:
            return reproduce(None, claim, None)
        record = self.record(claim)
        if record is None and metric.scope is Scope.DATASET and claim.dataset not in catalogue.datasets:
            reason = "not measured: pwc-bench cannot evaluate this data set yet"
            return Reproduction(claim, None, Agreement.NOT_MEASURED, reason)
        return reproduce(
            metric,
            claim,
            record,
            variant=catalogue.variants.get(claim.variant or ""),
            failure=self._failure(claim, metric),
            ratios=self.ratios,
        )

    def _failure(self, claim: Claim, metric: Metric) -> Record | None:
        if claim.variant is None:
            return None
        return self.current(claim.variant, claim.dataset).failure(claim.variant, metric)
