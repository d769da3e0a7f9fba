"""The command: `python -m tests.benchmarks --help`."""

import argparse
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from pwc_bench.api.options import default_batch_size, default_workers, resolve_device
from pwc_bench.core.errors import PwcBenchError, UsageError
from pwc_bench.core.instruments import PRECISIONS, Settings
from pwc_bench.datasets import load_datasets
from pwc_bench.evaluation.deploy import choose_device, set_matmul_precision
from pwc_bench.evaluation.environment import describe_environment
from pwc_bench.families import resolve
from tests.benchmarks import bf16, decode, forward, loading, memory, records, scaling, site, whole
from tests.benchmarks.bench import Bench, Stopwatch
from tests.benchmarks.comparison import Comparison, LeftOut
from tests.benchmarks.files import DATASET, lay_out
from tests.benchmarks.markdown import write_markdown
from tests.benchmarks.report import WIDTH, Report, print_report, write_report

__all__ = ["SECTIONS", "main", "measure"]

SECTIONS: dict[str, Callable[[Bench], Iterator[Comparison | LeftOut]]] = {
    "decode": decode.run,
    "loading": loading.run,
    "forward": forward.run,
    "bf16": bf16.run,
    "whole": whole.run,
    "scaling": scaling.run,
    "memory": memory.run,
    "site": site.run,
    "records": records.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections that are wanted, print the table, write JSON and records; return the exit code."""
    options = _parser().parse_args(arguments)
    # timm's default of four workers draws it on a smaller machine: it is the script's own default that is measured.
    warnings.filterwarnings("ignore", message="This DataLoader will create")
    console = Console(width=WIDTH)
    try:
        with tempfile.TemporaryDirectory(prefix="pwc-bench-", dir=options.scratch) as scratch:
            report = measure(options, Path(scratch), Console(stderr=True, width=WIDTH))
    except PwcBenchError as error:
        Console(stderr=True, width=WIDTH).print(f"error: {error}", highlight=False)
        return 2
    print_report(report, console)
    path = options.output or Path("results", f"{report.name}.json")
    write_report(report, path)
    written = [path]
    if options.markdown is not None:
        write_markdown(report, options.markdown)
        written.append(options.markdown)
    console.print(f"Wrote {' and '.join(map(str, written))}", highlight=False)
    return 0


def measure(options: argparse.Namespace, scratch: Path, told: Console) -> Report:
    """Lay the files out and run the sections. Raises UsageError for options that cannot be right."""
    watch = Stopwatch()
    started = datetime.now(UTC)
    settings = _settings(options)
    choose_device(settings)
    set_matmul_precision(settings)
    environment = describe_environment(settings)
    name = f"bench-{started:%Y-%m-%d}-{_slug(environment.device)}"

    def say(text: str) -> None:
        told.print(f"[{watch.seconds:6.1f} s] {text}", highlight=False, markup=False, soft_wrap=True)

    say("laying out the files")
    files = lay_out(scratch / "files", load_datasets()[DATASET].classes, options.images, options.data)
    origin = f"{len(files.paths):,} of {files.origin}, {files.mean_bytes / 1000:.0f} kB on average"
    bench = Bench(
        files=files,
        models=options.models,
        variants=resolve(options.models),
        settings=settings,
        precisions=_precisions(options.precision),
        images_are_asked_for=options.images is not None,
        rounds=options.rounds,
        seconds=options.seconds,
        scratch=scratch,
        results=Path("results"),
        name=name,
        say=say,
    )
    found: list[Comparison] = []
    left_out: list[LeftOut] = []
    for section in _sections(options.only, settings):
        for result in SECTIONS[section](bench):
            if isinstance(result, LeftOut):
                left_out.append(result)
            else:
                found.append(result)
                say(f"    {result.what}: {result.ratio:.2f} times {result.against}")
    return Report(name, f"{started:%Y-%m-%dT%H:%M:%SZ}", environment, origin, found, left_out, watch.seconds)


def _settings(options: argparse.Namespace) -> Settings:
    device = resolve_device(options.device)
    device_type = device.partition(":")[0]
    return Settings(
        device=device,
        batch_size=options.batch_size or default_batch_size(device_type),
        workers=options.workers or default_workers(),
        implementation="fused",
    )


def _precisions(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in PRECISIONS:
            raise UsageError(f"--precision {name!r} is not one of {', '.join(PRECISIONS)}")
    return names


def _sections(only: str | None, settings: Settings) -> tuple[str, ...]:
    """Return the sections that are wanted; on a CPU, records are made only when they are asked for."""
    if only is None:
        return tuple(name for name in SECTIONS if name != "records" or settings.device_type == "cuda")
    for name in only.split(","):
        if name not in SECTIONS:
            raise UsageError(f"--only {name!r} is not one of {', '.join(SECTIONS)}")
    return tuple(only.split(","))


def _slug(text: str) -> str:
    """Return a device's name as a part of a file's name: "nvidia-h200", "intel-xeon-processor"."""
    plain = re.sub(r"\(r\)|\(tm\)", "", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Our pipeline against timm's loader and models, in one run, as ratios.",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of JPEG files; by default some are made")
    parser.add_argument("--images", type=int, metavar="N", help="so many files, repeated and re-encoded if need be")
    parser.add_argument("--models", default="all", help="as `pwc-bench run` takes it (default: all)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--precision", default="fp32", help="a comma list of fp32, bf16, fp16 (default: fp32)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="ours and timm's tuned one")
    parser.add_argument("--workers", type=int, metavar="N", help="decode threads, and timm's tuned worker processes")
    parser.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="at most so many rounds of whole evaluations"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="about how long one comparison takes (default: 60)")
    parser.add_argument("--only", metavar="LIST", help=f"sections: {', '.join(SECTIONS)}")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="the JSON (default: results/bench-DATE-DEVICE.json)"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="a page of it too, such as docs/benchmark.md")
    parser.add_argument("--scratch", type=Path, metavar="DIR", default=os.environ.get("TMPDIR"), help="for the files")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
