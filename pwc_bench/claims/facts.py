"""Facts as pairs of a term and a text: what description lists on several pages are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record

_LONGEST_LIST = 40
"""A list of more scalars than this is cut on the page; the record's JSON holds it whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One term and what is known about it."""

    term: str
    text: str
    href: str | None = None
    """Where the text leads, None where it leads nowhere."""
    is_code: bool = False
    """Whether the text is for machines (a hash, a path, a command) and stands in a fixed-width face."""


def optional_fact(term: str, text: str | None, *, href: str | None = None) -> tuple[Fact, ...]:
    """Return one fact, or none where there is no text."""
    return () if not text else (Fact(term, text, href),)


def yes_no(value: object) -> str:
    """Write a truth value for people."""
    return "yes" if value else "no"


def moment_text(moment: str) -> str:
    """Write "2026-01-31T12:00:00Z" as "2026-01-31 12:00:00 UTC"; anything else stays as it is."""
    day, mark, clock = moment.partition("T")
    if not mark or not clock.endswith("Z"):
        return moment
    return f"{day} {clock.removesuffix('Z')} UTC"


def duration_text(seconds: float) -> str:
    """Write a duration: "0.4 s", "12.5 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def json_facts(values: Mapping[str, Json], prefix: str = "") -> Iterator[Fact]:
    """Flatten JSON values: one fact for each scalar or list of scalars, terms of inner mappings joined by " / "."""
    for key, value in in_order(values):
        term = f"{prefix} / {_words(key)}" if prefix else _words(key)
        if isinstance(value, Mapping):
            yield from json_facts(value, term)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _list_facts(term, value)
        else:
            yield Fact(term, _scalar(value))


def in_order(values: Mapping[str, Json]) -> Iterable[tuple[str, Json]]:
    """Return the items of a JSON object: by number where all keys are whole numbers, which JSON sorts as texts."""
    if all(key.isdecimal() for key in values):
        return sorted(values.items(), key=lambda item: int(item[0]))
    return values.items()


def _list_facts(term: str, values: Sequence[Json]) -> Iterator[Fact]:
    if any(isinstance(value, Mapping) for value in values):
        for number, value in enumerate(values, start=1):
            yield from json_facts({str(number): value}, term)
        return
    shown = "; ".join(_scalar(value) for value in values[:_LONGEST_LIST])
    more = len(values) - _LONGEST_LIST
    yield Fact(term, f"{shown}; and {more:,} more" if more > 0 else shown or "none")


def _words(key: str) -> str:
    return key.replace("_", " ")


def _scalar(value: Json) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.6g}"
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return value
    return f"({'; '.join(_scalar(inner) for inner in value)})"


class PrecisionFlips(NamedTuple):
    """How a lower precision compared with fp32."""

    precision: str
    """"bf16", "fp32 with TF32"."""
    images: int
    flips: int
    """The images whose top-1 is another one."""


def check_sentences(record: Record) -> Iterator[str]:
    """Yield one sentence for each check that the record holds in the form that an evaluation writes."""
    fused = _check(record, "fused")
    images, passed, looked_at = fused.get("images"), fused.get("passed"), fused.get("input")
    if isinstance(looked_at, str) and isinstance(images, int) and passed is True:
        yield (
            f"The fused implementation ran: on {images} images ({looked_at}) its fp32 logits had the reference's "
            f"top-5, and differed by at most {_number(fused.get('largest_difference'))} of the largest logit "
            f"(allowed: {_number(fused.get('tolerance'))})."
        )
    elif isinstance(looked_at, str) and images == 0:
        yield f"No image could be decoded to compare the fused implementation on ({looked_at}): the reference ran."
    elif isinstance(looked_at, str) and passed is False:
        why = (
            fused.get("error") or f"largest difference {_number(fused.get('largest_difference'))} of the largest logit"
        )
        yield f"The fused implementation did not agree with the reference on {looked_at} ({why}): the reference ran."
    precision, flips = _check(record, "precision"), precision_flips(record)
    if flips is not None:
        yield (
            f"In {flips.precision} the top-1 of {flips.flips:,} of {flips.images:,} images differed from the fp32 "
            f"reference's ({_number(precision.get('no_longer_right'))} no longer right, "
            f"{_number(precision.get('newly_right'))} newly right); the images are spread evenly over the data."
        )
    yield from _batch_size(record)


def _batch_size(record: Record) -> Iterator[str]:
    """Say between which batch sizes `--batch-size auto` has chosen."""
    found = record.extra.get("batch_size")
    speeds = found.get("images_per_second") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(speeds, Mapping) or not speeds:
        return
    listed = ", ".join(f"{size}: {speed:.1f}" for size, speed in in_order(speeds) if isinstance(speed, int | float))
    yield (
        f"The batch size of {found.get('chosen')} was found by measuring all models of the run together "
        f"({moment_text(str(found.get('measured')))}; size: images/s): {listed}. "
        f"No larger one was tried because {found.get('no_larger_because')}."
    )


def precision_flips(record: Record) -> PrecisionFlips | None:
    """Return what a comparison of a lower precision with fp32 found; None where there was none."""
    check = _check(record, "precision")
    precision, images, flips = check.get("precision"), check.get("images"), check.get("flips")
    if isinstance(precision, str) and isinstance(images, int) and isinstance(flips, int):
        return PrecisionFlips(precision, images, flips)
    return None


def _check(record: Record, name: str) -> Mapping[str, Json]:
    checks = record.extra.get("checks")
    found = checks.get(name) if isinstance(checks, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _number(value: Json) -> str:
    return f"{value:.2g}" if isinstance(value, float) else f"{value}"
