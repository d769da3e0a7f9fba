"""`pwc-bench run`: evaluate, store, render."""

import re
import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from pwc_bench.api.job import taking_part
from pwc_bench.api.options import RunOptions
from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.failures import FAILED, INTERRUPTED, exit_code_of
from pwc_bench.cli.options import UserPath, auto_number, comma_list, db_option, json_option, site_option, weights_by_key
from pwc_bench.cli.text import plural
from pwc_bench.core.errors import PwcBenchError
from pwc_bench.core.instruments import IMPLEMENTATIONS, PRECISIONS
from pwc_bench.core.record import Record, Status
from pwc_bench.core.text_forms import one_line
from pwc_bench.core.variant import CONFIGURATIONS

if TYPE_CHECKING:
    from pwc_bench.evaluation.launch import Team


_LEFT_OUT = {"db", "site", "no_site", "as_json", "note", "dry_run", "fresh"}
"""What says where results go and not what they are: a database's URL may hold a password."""

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def typed_command(context: click.Context) -> str:
    """Return the command with the options that were typed and decide the results.

    Records are published: absolute paths are cut to their last part, and a password in an address is left out.
    """
    words = ["pwc-bench", context.info_name or ""]
    for option in context.command.params:
        name = option.name or ""
        source = context.get_parameter_source(name)
        if name in _LEFT_OUT or source is not click.core.ParameterSource.COMMANDLINE:
            continue
        words += _words(option, context.params[name])
    return shlex.join(words)


def _words(option: click.Parameter, value: object) -> list[str]:
    flag = option.opts[0]
    if isinstance(value, bool):
        return [flag if value or not option.secondary_opts else option.secondary_opts[0]]
    if isinstance(value, dict):
        return [word for key, spec in value.items() for word in (flag, f"{key}={_public(str(spec))}")]
    if isinstance(value, tuple):
        return [flag, ",".join(map(str, value))]
    return [flag, "auto" if value is None else _public(str(value))]


def _public(text: str) -> str:
    without = _CREDENTIALS.sub("", text)
    path = PurePath(without)
    return path.name or without if path.is_absolute() else without


_FOLDER = Path("results")


class _Stopped(KeyboardInterrupt):
    """The job's launcher asks this process to end, because another one has."""


@contextmanager
def ending_together(team: "Team | None") -> Iterator[None]:
    """Let the first process end in good order when the launcher stops it, and tell the others its exit code."""
    if team is None or not team.place.leads:
        yield
        return
    before = signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        yield
    except BaseException as error:
        code = exit_code_of(error)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        if team.failure() is None:
            team.part(code)


def reason_to_stop(team: "Team | None", interrupt: KeyboardInterrupt) -> str | None:
    """Say which process has ended the job; None where a person pressed Ctrl-C. The others are told either way."""
    if team is None:
        return None
    failure = team.failure()
    if failure is None:
        team.fail("interrupted")
    if not isinstance(interrupt, _Stopped):
        return None
    return failure or "another process of the job has ended (torchrun names it below)"


def assist(context: click.Context, options: RunOptions, db: str, team: "Team") -> NoReturn:
    """Do this process's share in silence, and end with the code of the first process.

    What goes wrong here first is said with this process's name; what another one has said is not repeated.
    """
    from pwc_bench.api.job import assist_session

    try:
        assist_session(options, db, _FOLDER, team)
        context.exit(team.await_part())
    except PwcBenchError as error:
        if team.failure() is None:
            team.fail(one_line(str(error)))
            click.echo(f"error: {team.name}: {one_line(str(error))}", err=True)
        context.exit(error.exit_code)
    except KeyboardInterrupt:
        context.exit(INTERRUPTED)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


_POSITIVE = click.IntRange(min=1)


@click.command(
    "run",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench run",
        "pwc-bench run --data /data/imagenet --device cuda --precision bf16",
        "pwc-bench run --models convit-ti,convit-s --data val.tar --limit 1000",
        "pwc-bench run --weights convit-ti=my.pth --data /data/imagenet",
        "pwc-bench run --models timm:resnet50 --metrics gflops,throughput",
    ),
    exit_codes={
        0: "done; fewer images than the data set has make a record partial",
        2: "usage, or bad input",
        4: "something that was asked for failed; the rest was measured",
        130: "interrupted; what was measured is kept",
    },
)
@click.option("--models", default="all", show_default=True, metavar="NAMES", help="all (the six ConViTs), paper (and "
              "the six DeiTs), a family, variant keys joined by commas, timm:NAME, module:factory, "
              "module:VARIANTS.")  # fmt: skip
@click.option("--data", metavar="SPEC", help="demo; an ImageFolder or its parent with val/; the official tar or its "
              "files, with the devkit or labels beside; Kaggle's archive unpacked; a saved Hugging Face data set; "
              "parquet files; webdataset's shards; hf:REPO[:SPLIT]. "
              "Default: $PWC_BENCH_IMAGENET, else demo.")  # fmt: skip
@click.option("--dataset", metavar="KEY", help="What the data is. Default: imagenet-1k, or demo for the demo.")
@db_option
@site_option
@click.option("--no-site", is_flag=True, help="Do not render the site.")
@click.option("--weights", metavar="KEY=SPEC", multiple=True, callback=weights_by_key,
              help="Weights of one variant: a path, an https address or hub:OWNER/NAME. Repeatable.")  # fmt: skip
@click.option("--weights-dir", type=UserPath(exists=True, file_okay=False), metavar="DIR",
              help="A folder with checkpoints named after variant keys.")  # fmt: skip
@click.option("--device", default="auto", show_default=True, metavar="auto|cpu|cuda[:N]", help="Where models run.")
@click.option("--precision", type=click.Choice(PRECISIONS), default="fp32", show_default=True)
@click.option("--implementation", type=click.Choice(IMPLEMENTATIONS), default="fused", show_default=True,
              help="fused where a variant has it and its logits are the reference's; else the reference.")  # fmt: skip
@click.option("--recipe", type=click.Choice(CONFIGURATIONS), default="test", show_default=True, help="The size and "
              "crop of a timm model's images: those of timm's validate.py, or those of its training.")  # fmt: skip
@click.option("--compare-implementations", is_flag=True, help="Measure the reference's speed beside the fused one's.")
@click.option("--quiet-budget", type=click.FloatRange(min=0), metavar="SECONDS",
              show_default="$PWC_BENCH_QUIET_BUDGET, else 10",
              help="What timing may spend on waiting until the machine is quiet and repeating rounds that others "
              "disturbed. What stays disturbed is marked, and no check decides on it.")  # fmt: skip
@click.option("--tf32/--no-tf32", default=False, help="Let fp32 matrix products on CUDA use TF32.  [default: no-tf32]")
@click.option("--compile", is_flag=True, help="Apply torch.compile.")
@click.option("--cuda-graphs", is_flag=True, help="Capture forwards in CUDA graphs and replay them.")
@click.option("--channels-last", is_flag=True, help="Use the channels-last memory format.")
@click.option("--device-resize", is_flag=True, help="Resize images on the device, once a self-test has shown that its "
              "pixels are Pillow's. Of use with a GPU.")  # fmt: skip
@click.option("--batch-size", type=auto_number, metavar="AUTO|N", default="auto", show_default=True,
              help="Images a batch; "
              "auto measures which number is the fastest, and remembers it for this machine.")  # fmt: skip
@click.option("--workers", type=_POSITIVE, metavar="N", help="Threads that decode. Default: one a CPU, at most 16.")
@click.option("--limit", type=_POSITIVE, metavar="N", help="Take N images, spread evenly: the records are partial.")
@click.option("--crop-cache/--no-crop-cache", default=False, help="Keep decoded crops on disk, so that later runs over "
              "the same images need not decode.  [default: no-crop-cache]")  # fmt: skip
@click.option("--crop-cache-limit", type=click.FloatRange(min=0, min_open=True), default=20.0, show_default=True,
              metavar="GIB", help="What the crop cache may take; the longest unused crops go first.")  # fmt: skip
@click.option("--metrics", metavar="LIST", callback=comma_list, help="Metric keys joined by commas. Default: all.")
@click.option("--campaign", metavar="NAME", help="A name for this run. Default: one made from the date.")
@click.option("--note", metavar="TEXT", help="A remark that is kept with each record.")
@click.option("--model-timeout", type=click.FloatRange(min=0, min_open=True), default=1800.0, show_default=True,
              metavar="SECONDS", help="What one step of a model may take (its import, its building, a batch, a round "
              "of a metric) before that model fails and the others go on.")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Start anew; do not continue an interrupted run.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, with time and disk, and end.")
@json_option("Write the records as JSON Lines on stdout, and nothing else there.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    db: str,
    site: Path,
    no_site: bool,
    dry_run: bool,
    as_json: bool,
    **asked: Any,  # noqa: ANN401  (the options that RunOptions declares, by name)
) -> None:
    """Measure models on images, store the records, render the site.

    Every image is read once for all models. The same command continues an interrupted run.
    """
    if no_site and context.get_parameter_source("site") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--site and --no-site contradict each other.", context)
    options = RunOptions(**asked, command=typed_command(context))
    target = None if no_site else site
    from pwc_bench.cli.console import results_alone

    if dry_run:
        from pwc_bench.cli.plan import plan_text

        with results_alone() as results:  # models of one's own are imported, and may print
            click.echo(plan_text(options, db, target, as_json=as_json), file=results)
        return
    with taking_part() as team, results_alone() as results, ending_together(team):
        records = _measure(context, options, db, team, results if as_json else None)
        _finish(context, records, db, target, None if as_json else results, options.metrics)


def _finish(
    context: click.Context,
    records: list[Record],
    db: str,
    site: Path | None,
    words: TextIO | None,
    metrics: Sequence[str],
) -> None:
    """Show the results, render the site, and end with what the records deserve."""
    from pwc_bench.cli.finish import closing_words, is_incomplete, next_step, precision_offer, render_site
    from pwc_bench.hardware import native_bf16

    if words is not None:
        click.echo(closing_words(records, db, metrics), file=words)
    is_whole = site is None or render_site(db, site)
    if words is not None:
        click.echo(next_step(records, db, site), file=words)
        if (offer := precision_offer(records, native_bf16())) is not None:
            click.echo(offer, file=words)
    if not is_whole or is_incomplete(records):
        context.exit(FAILED)


def _measure(
    context: click.Context, options: RunOptions, db: str, team: "Team | None", lines: TextIO | None
) -> list[Record]:
    """Evaluate and store, writing each record to `lines`; an interrupt says what is kept and ends the command.

    In a job of several processes only the first one comes back from here.
    """
    if team is not None and not team.place.leads:
        assist(context, options, db, team)
    from pwc_bench.api.job import run_session
    from pwc_bench.cli.console import observing
    from pwc_bench.core.record import record_to_json

    kept: list[Record] = []
    try:
        with observing() as observer:
            for record in run_session(options, db, observer, team):
                kept.append(record)
                if record.status is Status.FAILED:
                    observer.warning(f"{record.title or record.variant}: failed: {record.status_reason}")
                if lines is not None:
                    click.echo(record_to_json(record), file=lines)
    except KeyboardInterrupt as interrupt:
        reason = reason_to_stop(team, interrupt)
        said = f"{plural(len(kept), 'record')} of {kept[0].campaign} kept" if kept else "nothing was finished yet"
        said = f"interrupted: {said}; the same command goes on from here (--fresh starts anew)"
        click.echo(said if reason is None else f"error: {reason}\n{said}", err=True)
        context.exit(INTERRUPTED if reason is None else FAILED)
    return kept
