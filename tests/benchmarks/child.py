"""One side's evaluation in a process of its own, for `memory`: `python -m tests.benchmarks.child TASK`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pwc_bench.core.instruments import Settings
from pwc_bench.families import resolve
from tests.benchmarks.bench import Bench
from tests.benchmarks.files import Files
from tests.benchmarks.peer import PeerSettings
from tests.benchmarks.whole import ours, theirs

__all__ = ["main"]


def main(task: Mapping[str, Any]) -> None:
    """Do what the task, made by `memory`, says."""
    folder = Path(task["files"])
    settings = Settings(**task["settings"])
    bench = Bench(
        files=Files(folder, sorted((folder / "val").rglob("*.JPEG")), "given"),
        models=task["models"],
        variants=[variant for variant in resolve(task["models"]) if variant.key == task["variant"]],
        settings=settings,
        precisions=(settings.precision,),
        images_are_asked_for=True,
        rounds=1,
        seconds=0.0,
        scratch=Path(task["scratch"]),
        results=Path(task["scratch"]),
        name="child",
        say=lambda _: None,
    )
    if task["side"] == "ours":
        ours(bench, bench.files, bench.variants, settings)
    else:
        theirs(bench, bench.files, bench.variants, PeerSettings(**task["peer"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
