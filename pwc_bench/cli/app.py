"""The program itself: its commands by name, with the help that is known without importing them."""

import click

from pwc_bench.cli.lazy import LazyCommand, LazyGroup

_COMMANDS = {
    "run": LazyCommand("pwc_bench.cli.run", "Measure models on images, store the records, render the site."),
    "build": LazyCommand("pwc_bench.cli.build", "Render the site from the database."),
    "serve": LazyCommand("pwc_bench.cli.serve", "Show the site at http://127.0.0.1."),
    "check": LazyCommand("pwc_bench.cli.check", "Compare a candidate with a baseline; fail where something got worse."),
    "accept": LazyCommand("pwc_bench.cli.accept", "Let one changed value of an exact metric pass."),
    "list": LazyCommand("pwc_bench.cli.list", "List variants, data sets, metrics, records or campaigns."),
    "show": LazyCommand("pwc_bench.cli.show", "Show one thing whole: a variant, record, claim, campaign or paper."),
    "submit": LazyCommand("pwc_bench.cli.submit", "Bring published numbers, with their sources, into the database."),
    "import": LazyCommand("pwc_bench.cli.importing", "Read records, submissions or the PWC Archive's tables."),
    "export": LazyCommand("pwc_bench.cli.export", "Write records and claims as JSON Lines, CSV, PWC JSON or YAML."),
    "prune": LazyCommand("pwc_bench.cli.prune", "Delete old campaigns, predictions and cached files."),
    "doctor": LazyCommand("pwc_bench.cli.doctor", "Say what this machine can do and what it lacks."),
}


_SECTIONS = {
    "Start here": [
        ("pwc-bench run", "the demo, on any machine"),
        ("pwc-bench run --data DIR", "the six ConViTs on the ImageNet in DIR"),
        ("pwc-bench serve", "look at the site"),
        ("pwc-bench check", "the newest run against the published records"),
    ],
    "Exit codes": [
        ("0", "done, or the check passed"),
        ("1", "a regression"),
        ("2", "usage, or bad input"),
        ("3", "incomparable, or no baseline"),
        ("4", "an evaluation failed or is incomplete"),
        ("5", "inconclusive, or nothing compared"),
        ("70", "an unforeseen error, a fault of the program: never 1"),
        ("130", "interrupted; what was measured is kept"),
    ],
    "Defaults from the environment": [
        ("PWC_BENCH_DB", "the database (results/pwc-bench.db)"),
        ("PWC_BENCH_SITE", "the folder of the site (site)"),
        ("PWC_BENCH_IMAGENET", "where ImageNet lies (none: the demo)"),
        ("PWC_BENCH_CACHE", "downloads and the like (~/.cache/pwc-bench)"),
    ],
    "Shell completion": ['eval "$(_PWC_BENCH_COMPLETE=bash_source pwc-bench)"   (or zsh_source, fish_source)'],
}


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  (click's)
    if not wanted or context.resilient_parsing:
        return
    from pwc_bench import __version__

    click.echo(f"pwc-bench {__version__}")
    context.exit()


@click.group(
    cls=LazyGroup,
    lazy_commands=_COMMANDS,
    sections=_SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and end.",
)
def app() -> None:
    """Turn model checkpoints into a leaderboard that people can trust."""
