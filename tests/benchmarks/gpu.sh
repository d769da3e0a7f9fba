#!/usr/bin/env bash
# Measures cost and model speed of the paper's twelve variants on one GPU, and writes the records under results/.
# Usage: tests/benchmarks/gpu.sh [further options of `pwc-bench run`, for example --data /data/imagenet]
set -euo pipefail
cd "$(dirname "$0")/../.."
PY=${PY:-.venv/bin/python}
name="gpu-$(date -u +%Y-%m-%d-%H%M%S)"
for precision in fp32 bf16; do
  "$PY" -m pwc_bench run --models paper --device cuda --precision "$precision" --batch-size 256 --no-site \
    --metrics gflops,parameters,activations,peak_memory,throughput,latency_p50,latency_p95,latency_p99 \
    --campaign "$name-$precision" "$@"
  "$PY" -m pwc_bench export --format jsonl --campaign "$name-$precision" --output "results/$name-$precision.jsonl"
done
