"""`run`: what is refused before anything begins, and what is kept of the command line."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.cli.run import command, typed_command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--models", "convit-xl"], "no variant is called 'convit-xl'"),
        (["--data", "demo", "--dataset", "imagenet-1k"], "contradict each other"),
        (["--weights", "convit-ti"], "is not of the form KEY=PATH"),
        (["--weights", "convit-ti="], "is not of the form KEY=PATH"),
        (["--weights", "convit-ti=a", "--weights", "convit-ti=b"], "'convit-ti' is given twice"),
        (["--weights", "deit-ti=a"], "'deit-ti' is not among the selected models"),
        (["--weights-dir", "nowhere"], "nowhere"),
        (["--device", "tpu"], "--device 'tpu'"),
        (["--precision", "fp64"], "fp64"),
        (["--batch-size", "0"], "neither 'auto' nor a whole number"),
        (["--batch-size", "many"], "neither 'auto' nor a whole number"),
        (["--limit", "0"], "--limit"),
        (["--crop-cache", "--device-resize"], "excludes --device-resize"),
        (["--crop-cache-limit", "0"], "--crop-cache-limit"),
        (["--crop-cache-limit", "nan"], "--crop-cache-limit nan is too small"),
        (["--metrics", "top1,,top5"], "has an empty name"),
        (["--metrics", "speed"], "speed"),
        (["--campaign", "../x"], "cannot be a name"),
        (["--site", "x", "--no-site"], "contradict each other"),
        (["surplus"], "surplus"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_bad_options_are_refused(
    runner: CliRunner, place: Path, arguments: list[str], said: str, dry: list[str]
) -> None:
    """Each ends with 2, says what is wrong, and makes no file."""
    result = runner.invoke(app, ["run", *arguments, *dry])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert not list(place.iterdir())


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ([], "pwc-bench run"),
        (["--models", "convit-ti,convit-s", "--batch-size", "auto"],
         "pwc-bench run --models convit-ti,convit-s --batch-size auto"),
        (["--db", "postgresql://me:secret@host/x", "--site", "s", "--note", "n", "--json"], "pwc-bench run"),
        (["--data", "/home/somebody/imagenet/val"], "pwc-bench run --data val"),
        (["--data", "data/imagenet"], "pwc-bench run --data data/imagenet"),
        (["--data", "hf:owner/name:test"], "pwc-bench run --data hf:owner/name:test"),
        (["--weights", "a=/x/y.pth", "--weights", "b=https://me:secret@host/z.pth"],
         "pwc-bench run --weights a=y.pth --weights b=https://host/z.pth"),
        (["--tf32", "--compile"], "pwc-bench run --tf32 --compile"),
        (["--no-tf32", "--metrics", "top1, top5"], "pwc-bench run --no-tf32 --metrics top1,top5"),
        (["--limit", "10", "--weights-dir", "."], "pwc-bench run --weights-dir . --limit 10"),
    ],
)  # fmt: skip
def test_the_kept_command_names_no_home_and_no_password(arguments: list[str], kept: str) -> None:
    """Records are published: what decides the results is kept, where they went and who ran them is not."""
    context = command.make_context("run", list(arguments), parent=click.Context(app, info_name="pwc-bench"))
    assert typed_command(context) == kept
