"""`pwc-bench check`: the gate."""

from pathlib import Path
from typing import Any

import click

from pwc_bench.api.check_settings import FORMATS
from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import UserPath, comma_list, db_option, pairs
from pwc_bench.cli.text import say

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
        from pwc_bench.cli.check_text import settings_lines

        say("\n".join(settings_lines(settings)))
        return
    if aa is not None:
        from pwc_bench.cli.self_check import end_with_self_check

        end_with_self_check(settings, db, aa)
    if not own_rules:
        from pwc_bench.api.gate_rules import refuse_own_rules

        refuse_own_rules(settings, asked, thresholds, Path())
    from pwc_bench.cli.checked import end_with_report

    end_with_report(settings, db, output, explain=explain, dry_run=dry_run)
