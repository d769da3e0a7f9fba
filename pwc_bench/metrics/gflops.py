"""GFLOPs: the multiply-adds of one image, as fvcore counts them, with torch's own counter as the witness."""

from collections.abc import Iterator, Mapping

from pwc_bench.claims.reproduction import ATTENTION_PRODUCTS
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, Scope
from pwc_bench.metrics._apparatus.macs import CountedTwice, count_macs

GFLOPS = Metric(
    key="gflops",
    title="GFLOPs",
    unit="GFLOPs",
    better=Better.LOWER,
    kind=Kind.EXACT,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.0,
    display=Display("GFLOPs", decimals=3),
    definition=(
        "Billions of multiply-adds for one image at the variant's crop size, counted on the model as it is built: one "
        "multiply-add is one FLOP, as papers, fvcore and timm count (tables that count two print twice as much). "
        "Convolutions, linear and recurrent layers and all other matrix products are counted, those of fused attention "
        "included; normalisation at fvcore's rates (a BatchNorm 2 an element, a LayerNorm or GroupNorm 5), and "
        "resampling (bilinear 4 an output, average pooling to a given size 1 an input); softmax, activation functions "
        "and other element-wise operators are not. fvcore counts and torch's own flop counter checks it: the record "
        "says where they differ, and what neither could count."
    ),
    bounds=(0.0, None),
    column=Column.COST,
)


def count_gflops(subject: Subject) -> Examination:
    """Count the multiply-adds of a new model for one image."""
    yield "counting multiply-adds"
    found = count_macs(subject)
    counts = found.counts
    without_attention = sum(n for name, n in counts.by_operator.items() if name not in ATTENTION_PRODUCTS)
    measurement = Measurement(
        value=counts.total / 1e9,
        unit=GFLOPS.unit,
        details={
            "convention": "multiply-adds (as fvcore counts)",
            "total_macs": counts.total,
            "two_per_multiply_add": 2 * counts.total / 1e9,
            "without_attention_products": without_attention / 1e9,
            "operators": {name: count / 1e9 for name, count in counts.by_operator.items()},
            "skipped": dict(counts.skipped),
            "input": [1, 3, subject.variant.recipe.crop_px, subject.variant.recipe.crop_px],
            "counters": _counters(found),
            **({"uncalled": list(counts.uncalled)} if counts.uncalled else {}),
        },
        caveats=tuple(_caveats(found)),
    )
    return {GFLOPS.key: measurement}


def _counters(found: CountedTwice) -> Mapping[str, Json]:
    """Return what a record says of the two counts; `differences` holds multiply-adds by operator and counter."""
    return {
        "counted_by": found.counted_by,
        "products": {**found.totals},
        "failed": {**found.failures},
        "differences": {name: {**amounts} for name, amounts in found.differences.items()},
    }


def _caveats(found: CountedTwice) -> Iterator[str]:
    if found.uncounted:
        named = ", ".join(f"{name} ({times})" for name, times in found.uncounted.items())
        yield f"May be undercounted: no rule counts {named}."
    if found.differences:
        named = ", ".join(
            f"{name} ({', '.join(f'{counter} {macs:,}' for counter, macs in amounts.items())})"
            for name, amounts in found.differences.items()
        )
        yield f"In doubt: two counters differ in the multiply-adds of {named}; {found.counted_by}'s are shown."
    for why in found.failures.values():
        yield f"Counted by {found.counted_by} alone: {why}."


INSTRUMENT = Instrument(metrics=(GFLOPS,), gauge=count_gflops)
