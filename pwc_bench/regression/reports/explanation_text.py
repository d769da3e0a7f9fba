"""A diagnosis for a terminal."""

from collections.abc import Iterator, Sequence

from pwc_bench.core.text_forms import one_line
from pwc_bench.regression.explanation import ClassFlips, Explanation, ImageFlip
from pwc_bench.regression.reports.columns import WIDTH, padded, wrapped

_CLASS, _COUNT = 32, 6
_MISTAKES = WIDTH - 2 - _CLASS - 3 * (_COUNT + 1) - 1
"""What is left for the classes that lost images are taken for."""
_WORST = 3


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """Yield the lines of a diagnosis, none wider than 80 columns."""
    heading = f"Why: {explained(explanation)} on {explanation.dataset}, {explanation.metric_title}"
    yield from wrapped(heading, further="  ")
    crossing = explanation.crossing
    if crossing.images == 0:
        yield "  no image is in both predictions"
        return
    changed = percent_text(explanation.changed_guesses, crossing.images)
    counted = f"{crossing.images:,} images compared; the first guess changed on {explanation.changed_guesses:,}"
    yield from wrapped(f"{counted} ({changed})", indent="  ")
    for sentence in left_out(explanation):
        yield from wrapped(f"! {sentence}", indent="  ", further="    ")
    right = "right" if explanation.depth == 1 else f"among first {explanation.depth}"
    yield f"  {'':26}{'candidate ' + right:>24}{'wrong':>12}"
    yield f"  {'baseline ' + right:<26}{crossing.both_right:>24,}{crossing.lost:>12,}  lost"
    yield f"  {'baseline wrong':<26}{crossing.gained:>24,}{crossing.both_wrong:>12,}"
    confidence, likelihood = explanation.confidence, explanation.likelihood
    parts = [f"median confidence {probability(confidence.baseline)} -> {probability(confidence.candidate)}"]
    if crossing.lost:
        lost = f"{probability(confidence.lost_baseline)} -> {probability(confidence.lost_candidate)}"
        parts.append(f"of the lost images {lost}")
    parts.append(f"mean likelihood loss {likelihood.baseline:.4f} -> {likelihood.candidate:.4f} nats")
    yield from wrapped("; ".join(parts), indent="  ")
    yield from _classes(explanation) if explanation.classes else _worst(explanation)


def _classes(explanation: Explanation) -> Iterator[str]:
    head = f"{'class':<{_CLASS}} {'images':>{_COUNT}} {'lost':>{_COUNT}} {'gained':>{_COUNT}} now taken for"
    yield f"  {head}"
    for flips in explanation.classes:
        counts = f"{flips.images:>{_COUNT},} {flips.lost:>{_COUNT},} {flips.gained:>{_COUNT},}"
        row = f"  {padded(class_title(flips), _CLASS)} {counts} {padded(mistakes_text(flips), _MISTAKES)}"
        yield row.rstrip()
        if flips.lost_images:
            yield from wrapped(", ".join(flip.image for flip in flips.lost_images), indent="      ")
    if explanation.more_classes:
        yield f"  and {explanation.more_classes:,} more classes"


def _worst(explanation: Explanation) -> Iterator[str]:
    """Name images where no image flipped, but likelihoods moved."""
    worst: Sequence[ImageFlip] = explanation.likelihood.worst[:_WORST]
    if worst:
        yield "  no image flipped; the right class lost most likelihood in"
    for flip in worst:
        yield from wrapped(f"{flip.image}  {flip.nll_before:.3f} -> {flip.nll_now:.3f} nats", indent="    ")


def explained(explanation: Explanation) -> str:
    """Return the variant's title, with the implementation where a side holds several."""
    own = explanation.implementation
    return explanation.title if own is None else f"{explanation.title} ({own})"


def left_out(explanation: Explanation) -> Iterator[str]:
    """Yield a sentence for each kind of image that could not be compared."""
    for count, why in (
        (explanation.only_in_baseline, "only in the baseline's predictions"),
        (explanation.only_in_candidate, "only in the candidate's predictions"),
        (explanation.relabelled, "labelled differently on the two sides"),
    ):
        if count:
            yield f"{count:,} {'image is' if count == 1 else 'images are'} {why} and left out"


def class_title(flips: ClassFlips) -> str:
    """Return "tench (n01440764)", or the identifier alone where there is no other name."""
    name, identifier = one_line(flips.name), one_line(flips.identifier)
    return identifier if name in {"", identifier} else f"{name} ({identifier})"


def mistakes_text(flips: ClassFlips) -> str:
    """Return what a class's lost images are taken for: "goldfish 8, eel 3"."""
    return ", ".join(f"{one_line(mistake.name)} {mistake.images:,}" for mistake in flips.mistakes)


def probability(value: float | None) -> str:
    """Return a probability with two digits."""
    return "-" if value is None else f"{value:.2f}"


def percent_text(part: int, whole: int) -> str:
    """Return a share in percent: "2.4 %", "0.012 %"."""
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.1 or part == 0 else f"{share:.2g} %"
