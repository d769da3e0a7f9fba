"""Comparing needs no torch: a check starts fast, on machines that have none."""

import subprocess
import sys

_CHECK = """
import sys
from pwc_bench.core.verdict import Policy
from pwc_bench.regression import compare
from tests.regression.sides import METRICS, accuracy, cost, predictions, side

old = side("old", cost(), cost("convit-b"), accuracy(), accuracy("convit-b"))
new = side("new", cost(), cost("convit-b"), accuracy(found=predictions(1_490)), accuracy("convit-b"))
assert len(compare(old, new, metrics=METRICS, policy=Policy())) == 14
heavy = {"torch", "torchvision", "timm", "fvcore", "datasets", "matplotlib", "sqlalchemy"}
print(*sorted(heavy & sys.modules.keys()))
"""


def test_comparing_imports_neither_torch_nor_a_database() -> None:
    """In a process that compares every kind of metric."""
    done = subprocess.run([sys.executable, "-c", _CHECK], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
