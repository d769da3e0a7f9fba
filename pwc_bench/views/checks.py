"""What was checked of a model before its numbers were believed, in words."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
from pwc_bench.views.facts import in_order, moment_text


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
