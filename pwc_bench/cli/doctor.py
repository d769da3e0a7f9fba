"""`pwc-bench doctor`: what this machine can do."""

from pathlib import Path

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.failures import FAILED
from pwc_bench.cli.options import db_option, json_option, site_option
from pwc_bench.cli.text import wrapped

_MARKS = {"good": "ok      ", "note": "note    ", "broken": "BROKEN  "}


@click.command(
    "doctor",
    cls=DocumentedCommand,
    examples=("pwc-bench doctor", "pwc-bench doctor --json"),
    exit_codes={0: "a run can work", 4: "something is broken, and said so"},
)
@db_option
@site_option
@json_option("Write a JSON array.")
@click.pass_context
def command(context: click.Context, /, *, db: str, site: Path, as_json: bool) -> None:
    """Say what this machine can do: packages, devices, disks, the database, data and weights.

    Nothing is written, and no network is asked.
    """
    from pwc_bench.cli.diagnosis import Finding, Health, diagnose
    from pwc_bench.cli.jsonable import json_text

    findings: list[Finding] = []
    for finding in diagnose(db, site):
        findings.append(finding)
        if not as_json:
            click.echo(wrapped(f"{finding.key}: {finding.fact}", first=_MARKS[finding.health], indent=" " * 10))
            if finding.advice is not None:
                click.echo(wrapped(finding.advice, first=" " * 8 + "→ ", indent=" " * 10))
    if as_json:
        click.echo(json_text(findings))
    if any(finding.health is Health.BROKEN for finding in findings):
        context.exit(FAILED)
