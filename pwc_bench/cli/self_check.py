"""`pwc-bench check --aa N`: how often this machine raises a false alarm, and what loss it could see."""

from collections.abc import Iterator
from typing import NoReturn

import click

from pwc_bench.api.check_settings import CheckSettings
from pwc_bench.api.self_check import check_campaigns
from pwc_bench.cli.text import plural, wrapped
from pwc_bench.core.verdict import NOTHING_COMPARED
from pwc_bench.regression.self_check import SelfCheck


def end_with_self_check(settings: CheckSettings, db: str, wanted: int) -> NoReturn:
    """Print what the campaigns say; end with 0 where enough of them raise no alarm, else with 5."""
    found = check_campaigns(settings, db, wanted)
    click.echo("\n".join(self_check_lines(found, wanted)))
    is_enough = len(found.campaigns) >= wanted and bool(found.speeds)
    click.get_current_context().exit(0 if is_enough and not found.alarms else NOTHING_COMPARED)


def self_check_lines(found: SelfCheck, wanted: int) -> Iterator[str]:
    """Yield the report, none of its lines wider than 80 columns."""
    campaigns = len(found.campaigns)
    if campaigns < 2 or not found.speeds:
        yield wrapped(
            f"{plural(campaigns, 'campaign')} of the same models, code and setting: an A/A check needs at least 2 with "
            f"speeds in rounds. `pwc-bench run --metrics throughput,latency_p50`, {wanted} times on different days, "
            "makes them."
        )
        return
    names = ", ".join(found.campaigns[:3]) + (", ..." if campaigns > 3 else "")
    yield wrapped(f"{campaigns} campaigns of the same code, each checked against the others: {names}")
    yield ""
    yield f"  {'METRIC':<24} {'RUNS DRIFT BY':>13} {'LOSS SEEN FROM':>14} {'ALARMS':>7} {'UNDECIDED':>9}"
    for seen in found.speeds:
        drift, loss = (f"{value:.2g} %" if value == value else "-" for value in (  # noqa: PLR0124 - NaN is unlike itself
            seen.drift_percent, seen.visible_loss_percent))  # fmt: skip
        yield f"  {seen.metric.title:<24} {drift:>13} {loss:>14} {seen.alarms:>7} {seen.undecided:>9}"
    yield ""
    yield wrapped(
        f"{found.alarms} of {campaigns} checks raised a false alarm, {found.undecided} ended undecided. Drift and loss "
        "are those of the worst variant; a loss of that size in one run is found 95 times in 100."
    )
    if campaigns < wanted:
        yield wrapped(f"{wanted} campaigns were asked for: measure {wanted - campaigns} more.")
