"""Say how many changes of the rules that judge the tests notice (`make mutants`): by file, and which they do not.

mutmut changes one thing at a time (a `<` into `<=`, a number, a word, an argument) and runs the tests that reach it. A
change that some test notices is killed; so is one that never ends. Ends with 1 if fewer than 90 % are killed. What
pyproject.toml names for mutmut decides which files are changed and which tests run.

    python ci/mutants.py               all of them: an hour or two
    python ci/mutants.py 150 [SEED]    so many, drawn from all files
"""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

_LEAST_PERCENT = 90
_FOLDER = Path("mutants")
_ANY_MUTANT = "pwc_bench.core.metric.x_middle_half__mutmut_1"
_NOTICED = {"killed", "timeout", "segfault", "caught by type check"}


def main(most: int = 0, seed: int = 0) -> int:
    """Make the mutants anew, run all of them, or `most`; print what became of them and return the exit code."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    if most:
        _run(_ANY_MUTANT)
        names = sorted(name for found in _ended().values() for name in found)
        drawn = random.Random(seed).sample(names, min(most, len(names)))  # noqa: S311 - a sample is no secret
        _run(*drawn)
        ended = {path: {name: found[name] for name in drawn if name in found} for path, found in _ended().items()}
    else:
        _run()
        ended = _ended()
    return _report({path: found for path, found in ended.items() if found})


def _run(*names: str) -> None:
    subprocess.run([sys.executable, "-m", "mutmut", "run", *names], check=True)  # noqa: S603 - the names are mutmut's


def _ended() -> dict[str, dict[str, str]]:
    """Return how each mutant ended, by the path of the file that it changes and by its name."""
    found = {}
    for path in sorted(_FOLDER.rglob("*.py.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        source = str(path.relative_to(_FOLDER)).removesuffix(".meta")
        found[source] = {name: status_by_exit_code[code] for name, code in codes.items()}
    return found


def _report(ended: Mapping[str, Mapping[str, str]]) -> int:
    """Print the changes that nobody noticed, then the counts of each file and of all."""
    for path, found in ended.items():
        for name in (name for name, end in found.items() if end not in _NOTICED):
            changed = [line for line in get_diff_for_mutant(name, path=path).splitlines()[2:] if line[:1] in "+-"]
            print(f"\n{found[name]}: {name}", *changed, sep="\n")
    print()
    killed, total = 0, 0
    for path, found in ended.items():
        noticed = sum(end in _NOTICED for end in found.values())
        print(f"{noticed:6,} killed {len(found) - noticed:6,} survived   {path}")
        killed, total = killed + noticed, total + len(found)
    percent = 100.0 * killed / max(1, total)
    print(f"{killed:6,} killed {total - killed:6,} survived   {percent:.1f} % killed, {_LEAST_PERCENT} % are needed")
    return int(percent < _LEAST_PERCENT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
