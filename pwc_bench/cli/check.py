"""`pwc-bench check`: the gate."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pwc_bench.api.check_settings import FORMATS, CheckSettings
from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import UserPath, comma_list, db_option, pairs
from pwc_bench.cli.text import plural, refuse_unwritable, say, wrapped
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.verdict import NOTHING_COMPARED, REGRESSION, exit_code

if TYPE_CHECKING:
    from pwc_bench.regression.self_check import SelfCheck

_SIDE = (
    "a JSON Lines file, a folder of them, a campaign of the database (campaign:NAME), an https address or git:REF:PATH"
)


@click.command(
    "check",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench check",
        "pwc-bench check --baseline git:origin/main:results --metrics top1,gflops",
        "pwc-bench check --baseline campaign:nightly --explain",
        "pwc-bench check --baseline campaign:fp32 --candidate campaign:bf16 --equivalent 0.5",
        "pwc-bench check --confirm 2",
        "pwc-bench check --aa 5",
        "pwc-bench check --models convit-s --format markdown --output report.md",
        "pwc-bench check --set least-rounds=30 --show-config",
    ),
    exit_codes={
        0: "nothing that is compared got worse; with --equivalent: all is shown to be equally good",
        1: "a regression; with --equivalent: more than the margin is lost",
        2: "usage, or bad input: a side that cannot be read, a setting that cannot be",
        3: "incomparable, or no baseline",
        4: "the candidate lacks what the baseline has, or its evaluation failed",
        5: "undecided, or nothing was compared; with --equivalent: neither is shown",
        130: "interrupted",
    },
)
@click.option("--baseline", metavar="B", help=f"What to compare with: {_SIDE}. Default: the records in results/.")
@click.option("--candidate", metavar="C", help="What is compared, named likewise. Default: the newest campaign.")
@click.option("--metrics", metavar="LIST", callback=comma_list, help="Metric keys joined by commas. Default: all.")
@click.option("--models", metavar="LIST", callback=comma_list, help="Variant keys, a family, all (the six ConViTs) or "
              "paper. Default: every variant of the baseline.")  # fmt: skip
@click.option("--format", "form", metavar="FORMAT", type=click.Choice(FORMATS), help="text, json, markdown (for a "
              "pull-request comment), junit or github (annotations; and markdown into $GITHUB_STEP_SUMMARY).  "
              "[default: text]")  # fmt: skip
@click.option("--output", metavar="FILE", type=UserPath(dir_okay=False), help="Write the report "
              "here, whole or not at all; stdout gets it as text.")  # fmt: skip
@click.option("--explain", is_flag=True, help="Show the images that flipped where accuracy moved, by class.")
@click.option("--dry-run", is_flag=True, help="Say what would be compared, how, and what cannot be; end with 0.")
@click.option("--show-config", is_flag=True, help="Say which settings apply and where each was said, and end.")
@click.option("--set", "thresholds", metavar="KEY=VALUE", multiple=True, callback=pairs, help="A threshold, such as "
              "least-rounds=30. Repeatable; --show-config names them all.")  # fmt: skip
@click.option("--equivalent", metavar="MARGIN", type=click.FloatRange(min=0, max=50, min_open=True), help="Ask whether "
              "both are equally good: top-1 and top-5 within MARGIN percentage points, the likelihood within MARGIN "
              "hundredths of a nat: two one-sided tests on the same images, whatever precision and code.")  # fmt: skip
@click.option("--confirm", metavar="N", type=click.IntRange(0, 10), default=0, help="Measure a variant whose speed "
              "seems lower N times more on this machine, and decide over all runs. The candidate must be a campaign of "
              "the database.")  # fmt: skip
@click.option("--aa", metavar="N", type=click.IntRange(min=2), help="Judge no candidate: check each of the last N "
              "campaigns of the same models, code and setting against the others; say how often this machine raises a "
              "false alarm, and what loss of speed it could see.")  # fmt: skip
@click.option("--allow-changed-settings", "own_rules", is_flag=True, help="Let the work tree's settings and accepted "
              "values decide, even if they are not those of the git revision or the other checkout that holds the "
              "baseline.")  # fmt: skip
@click.option("--accepted", metavar="FILE", help="Accepted values.  [default: results/accepted.jsonl]")
@db_option
def command(
    *,
    db: str,
    form: str | None,
    output: Path | None,
    explain: bool,
    dry_run: bool,
    show_config: bool,
    aa: int | None,
    thresholds: dict[str, str],
    own_rules: bool,
    **asked: Any,  # noqa: ANN401  (the other settings, by name)
) -> None:
    """Compare a candidate with a baseline, metric by metric, and end with 1 where something got worse.

    Counts must be equal until `pwc-bench accept`; accuracy is compared image by image (McNemar), speed
    by runs on the same hardware and how far runs drift; all is corrected for being many (Holm). What cannot be
    compared, is missing or undecided never passes. Settings may stand in [tool.pwc-bench.check] of pyproject.toml, or
    [check] of pwc-bench.toml. If the baseline is a git revision,
    or lies in another checkout, they and the accepted values must be those of that revision or checkout.
    """
    from pwc_bench.api.check_settings import check_settings

    settings = check_settings({"format": form, **asked}, thresholds, Path())
    if show_config:
        from pwc_bench.cli.check_report import settings_lines

        say("\n".join(settings_lines(settings)))
        return
    if aa is not None:
        end_with_self_check(settings, db, aa)
    if not own_rules:
        from pwc_bench.api.gate_rules import refuse_own_rules

        refuse_own_rules(settings, asked, thresholds, Path())

    end_with_report(settings, db, output, explain=explain, dry_run=dry_run)


def end_with_report(settings: CheckSettings, db: str, output: Path | None, *, explain: bool, dry_run: bool) -> NoReturn:
    """Compare, write the report, and end the command with the verdicts' exit code (0 for a dry run)."""
    from pwc_bench.api.checking import compare_shelves, open_sides
    from pwc_bench.api.confirming import measured_again
    from pwc_bench.cli.check_report import plan_lines

    context = click.get_current_context()
    if output is not None:
        refuse_unwritable(output)
    with _observing() as observer:
        baseline, candidate = open_sides(settings, db, observer)
        with _without_collections():
            check = compare_shelves(baseline, candidate, settings, db, observer)
            if settings.confirm and not dry_run:
                again = measured_again(check, candidate, settings.confirm, db, observer)
                check = compare_shelves(baseline, candidate, settings, db, observer, again) if again else check
    if dry_run:
        say("\n".join(plan_lines(check)))
        context.exit(0)
    from pwc_bench.cli.check_report import report  # with it comes scipy: a mistake is told without

    code = exit_code(check.verdicts)
    try:
        report(check, settings, output, explain=explain)
    except OSError as error:
        if code != REGRESSION:
            raise
        # A reader that went away, or a full disk, makes no regression go away.
        say(f"error: a regression, whose report cannot be written: {error.strerror}", err=True)
    context.exit(code)


@contextmanager
def _observing() -> Iterator[Observer]:
    if not sys.stderr.isatty():
        yield SilentObserver()
        return
    from pwc_bench.cli.console import observing

    with observing() as observer:
        yield observer


@contextmanager
def _without_collections() -> Iterator[None]:
    """Leave the garbage be: a check makes little of it, and lives for a second or two.

    statsmodels collects at each correction, which costs more than the comparison where all these modules are loaded.
    """
    # What lives now is left out of each collection. With it comes scipy: whatever cannot be read has been told by now.
    import pwc_bench.regression  # noqa: F401

    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def end_with_self_check(settings: CheckSettings, db: str, wanted: int) -> NoReturn:
    """Print what the campaigns say; end with 0 where enough of them raise no alarm, else with 5."""
    from pwc_bench.api.checking import check_campaigns

    found = check_campaigns(settings, db, wanted)
    click.echo("\n".join(self_check_lines(found, wanted)))
    is_enough = len(found.campaigns) >= wanted and bool(found.speeds)
    click.get_current_context().exit(0 if is_enough and not found.alarms else NOTHING_COMPARED)


def self_check_lines(found: "SelfCheck", wanted: int) -> Iterator[str]:
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
