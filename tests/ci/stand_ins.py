"""Programs that the gate calls: `pwc-bench` whose `run` stores made-up records, and `gh` that only listens."""

import os
import stat
import sys
from pathlib import Path

__all__ = ["put_programs"]

_PWC_BENCH = """#!{python}
import json, os, pathlib, sys
with open(os.environ["CALLS"], "a") as log:
    print(json.dumps(["pwc-bench", *sys.argv[1:]]), file=log)
if sys.argv[1] != "run":
    from pwc_bench.cli import main
    main()
else:  # measuring takes torch and minutes
    from pwc_bench.store import open_store
    from tests.cli.gate import campaign, cost, accuracy, put_beside
    name = sys.argv[sys.argv.index("--campaign") + 1]
    gflops, code = float(os.environ.get("GFLOPS", "5.757")), int(os.environ.get("RUN_CODE", "0"))
    if code in (0, 4):
        found = campaign(cost(gflops=gflops, campaign=name), accuracy(campaign=name))
        with open_store("results/pwc-bench.db") as store:
            for record in found.records:
                store.add(record)
        put_beside(pathlib.Path("results"), found)
    sys.exit(code)
"""

_GH = """#!{python}
import json, os, pathlib, sys
with open(os.environ["CALLS"], "a") as log:
    print(json.dumps(["gh", *sys.argv[1:]]), file=log)
if os.environ.get("GH_REFUSES"):
    sys.exit("HTTP 403: Resource not accessible by integration")
if "--jq" in sys.argv:
    print(os.environ.get("GH_COMMENT", ""), end="")
for word in sys.argv:
    if word.startswith("body=@"):
        pathlib.Path(os.environ["BODY"]).write_bytes(pathlib.Path(word.removeprefix("body=@")).read_bytes())
"""


def put_programs(folder: Path) -> dict[str, str]:
    """Write both programs below `folder`; return the environment in which they are found, and GitHub's is not."""
    folder.mkdir()
    for name, text in (("pwc-bench", _PWC_BENCH), ("gh", _GH)):
        path = folder / name
        path.write_text(text.replace("{python}", sys.executable))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GATE_", "RUNNER_"))}
    root = str(Path(__file__).parents[2])
    return kept | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": root,
        "CALLS": str(folder / "calls.jsonl"),
        "BODY": str(folder / "body.md"),
    }
