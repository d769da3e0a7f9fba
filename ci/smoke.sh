#!/usr/bin/env bash
# From data to site in a minute, with the interpreter that is named: ci/smoke.sh .venv/bin/python
# It measures a variant on a few of the demo's images, builds the site, compares the records with themselves, and says
# with which versions.
set -euo pipefail
python=$(cd "$(dirname "${1:?name a Python interpreter that has pwc-bench}")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
export PWC_BENCH_CACHE=$place/cache PWC_BENCH_DB=$place/bench.db PWC_BENCH_SITE=$place/site
program=("$python" -m pwc_bench)
[[ $("${program[@]}" list variants) == *ConViT-Ti* ]]
"${program[@]}" run --models convit-ti --data demo --limit 16 --batch-size 8 --metrics top1,nll,gflops,parameters
"${program[@]}" export --format jsonl --output records.jsonl
"${program[@]}" build
test -s site/index.html
test -s site/model/convit-ti/index.html
"${program[@]}" check --baseline records.jsonl --candidate records.jsonl --metrics top1,gflops,parameters
"$here/versions.sh" "$python"
echo "smoke: list, run, build and check end well with $python"
