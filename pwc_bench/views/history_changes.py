"""What else changed between two records of a series: where a person begins to look for a step's cause."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.record import Record

_FIELDS = (
    "device", "cpu", "cpu_count", "power_limit_watts", "driver", "cuda", "cudnn", "torch", "torchvision", "timm",
    "fvcore", "numpy", "pillow", "decoder", "resize", "python", "os",
)  # fmt: skip
"""Of the environment, in the order in which they are told. What makes another series of a metric cannot differ."""
_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was another one before."""

    name: str
    """"torch", "commit", "weights"."""
    before: str
    after: str


def changes(before: Record, after: Record) -> tuple[Change, ...]:
    """Return what differs between two records of one variant, as far as both sides are known."""
    return tuple(_changes(before, after))


def _changes(before: Record, after: Record) -> Iterator[Change]:
    old, new = before.provenance, after.provenance
    if after.dataset is not None:  # cost and speed do not look at weights
        yield from _changed("weights", _digits(old.weights.sha256), _digits(new.weights.sha256))
    for name in _FIELDS:
        yield from _changed(
            name.removesuffix("_watts").replace("_", " "),
            getattr(before.environment, name),
            getattr(after.environment, name),
        )
    yield from _changed("pwc-bench", old.harness_version, new.harness_version)
    yield from _changed("commit", _digits(old.git_commit), _digits(new.git_commit))


def _changed(name: str, before: object, after: object) -> Iterator[Change]:
    if before is not None and after is not None and before != after:
        yield Change(name, str(before), str(after))


def _digits(text: str | None) -> str | None:
    return None if text is None else text[:_HASH_DIGITS]
