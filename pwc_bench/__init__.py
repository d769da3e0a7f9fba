"""pwc-bench: turn model checkpoints into a leaderboard that people can trust.

The use cases, as typed functions; everything else that is exported here is a value that they take or return.

    import pwc_bench

    records = pwc_bench.evaluate("convit-ti,convit-s", data="/data/imagenet", db="results/pwc-bench.db")
    table = pwc_bench.load("results").to_frame()  # of pandas: a row for each measurement
    verdicts = pwc_bench.compare("git:main:results", records, metrics=["top1", "gflops"])
    report = pwc_bench.publish("site", db="results/pwc-bench.db")

Importing the package is cheap: torch, SQLAlchemy and the rest are imported by the functions that need them.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pwc_bench.api import Records, compare, evaluate, load, publish
    from pwc_bench.core.claim import Claim
    from pwc_bench.core.dataset import Dataset
    from pwc_bench.core.errors import PwcBenchError
    from pwc_bench.core.measurement import Measurement
    from pwc_bench.core.metric import Metric
    from pwc_bench.core.record import Record
    from pwc_bench.core.variant import Recipe, Variant
    from pwc_bench.core.verdict import Outcome, Policy, Verdict

    __version__: str

__all__ = [
    "Claim",
    "Dataset",
    "Measurement",
    "Metric",
    "Outcome",
    "Policy",
    "PwcBenchError",
    "Recipe",
    "Record",
    "Records",
    "Variant",
    "Verdict",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "publish",
]

_HOMES = {
    "Claim": "core.claim",
    "Dataset": "core.dataset",
    "Measurement": "core.measurement",
    "Metric": "core.metric",
    "Outcome": "core.verdict",
    "Policy": "core.verdict",
    "PwcBenchError": "core.errors",
    "Recipe": "core.variant",
    "Record": "core.record",
    "Records": "api",
    "Variant": "core.variant",
    "Verdict": "core.verdict",
    "compare": "api",
    "evaluate": "api",
    "load": "api",
    "publish": "api",
}
"""The module of each exported name, below this package."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  (the type is that of the name asked for, see the imports above)
    """Import an exported name when it is first asked for."""
    if name == "__version__":
        from pwc_bench.core.record import harness_version

        return harness_version()
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the exported names, imported or not."""
    return sorted({*globals(), *__all__})
