"""The campaigns of an A/A check, found and checked against each other; no torch is imported for it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pwc_bench.api.check_settings import CheckSettings
from pwc_bench.api.checking import chosen_metrics, chosen_variants
from pwc_bench.api.shelves import CAMPAIGN_PREFIX, open_shelf
from pwc_bench.metrics import load_metrics

if TYPE_CHECKING:
    from pwc_bench.regression.self_check import SelfCheck


def check_campaigns(settings: CheckSettings, db: str, most: int) -> "SelfCheck":
    """Check the newest `most` campaigns of the baseline that is named, else of the database, against each other.

    Raises as `open_shelf`, and UsageError where a metric's or a variant's name means nothing.
    """
    only = chosen_metrics(settings.metrics)
    shelf = open_shelf(settings.baseline or f"{CAMPAIGN_PREFIX}*", db)
    if settings.models:
        keys = chosen_variants(settings.models, shelf, shelf)
        shelf = replace(shelf, records=tuple(record for record in shelf.records if record.variant in keys))
    metrics = {key: metric for key, metric in load_metrics().items() if not only or key in only}
    from pwc_bench.regression.self_check import check_itself, same_runs

    return check_itself(same_runs(shelf.records, most), metrics, settings.policy)
