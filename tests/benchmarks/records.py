"""Records of cost and speed under results/: what `pwc-bench run` measures of the architectures, per precision."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut

__all__ = ["METRICS", "run"]

METRICS = "gflops,parameters,activations,throughput,latency_p50,latency_p95,latency_p99,peak_memory,energy,mfu"
_FEW = "gflops,parameters,throughput,energy,mfu"


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Measure the paper's twelve variants in fp32 and bf16 on CUDA, the chosen ones on a CPU; yields what failed."""
    is_cuda = bench.settings.device_type == "cuda"
    models = "paper" if is_cuda else bench.models
    for precision in ("fp32", "bf16") if is_cuda else bench.precisions:
        name = f"{bench.name}-{precision}"
        bench.say(f"measuring cost and speed of {models} in {precision}")
        database = ["--db", str(bench.scratch / "records.db")]
        measure = ["run", "--models", models, "--device", bench.settings.device, "--precision", precision]
        options = ["--metrics", METRICS if is_cuda else _FEW, "--campaign", name, "--no-site", "--fresh"]
        batch = ["--batch-size", str(bench.settings.batch_size)]
        file = bench.results / f"{name}.jsonl"
        export = ["export", "--format", "jsonl", "--campaign", name, "--output", str(file)]
        try:
            _pwc_bench([*measure, *options, *batch, *database])
            bench.results.mkdir(parents=True, exist_ok=True)
            _pwc_bench([*export, *database])
        except RuntimeError as error:
            yield LeftOut("records", f"{precision}: {error}")
            continue
        bench.say(f"wrote {file}")


def _pwc_bench(arguments: list[str]) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-m", "pwc_bench", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise RuntimeError(lines[-1])
