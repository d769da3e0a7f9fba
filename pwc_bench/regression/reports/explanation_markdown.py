"""A diagnosis in a pull-request comment, folded."""

from collections.abc import Iterator

from pwc_bench.regression.explanation import ClassFlips, Explanation
from pwc_bench.regression.reports.explanation_text import (
    class_title,
    explained,
    left_out,
    mistakes_text,
    percent_text,
    probability,
)
from pwc_bench.regression.reports.markdown_text import code, escaped


def explanation_block(explanation: Explanation) -> str:
    """Return the diagnosis as a block of Markdown that begins and ends with a line end."""
    title = f"{escaped(explained(explanation), 60)} on {escaped(explanation.dataset, 60)}"
    crossing = explanation.crossing
    flips = f"{crossing.lost:,} images lost, {crossing.gained:,} gained"
    inner = "".join(f"{line}\n" for line in _lines(explanation))
    return f"\n<details><summary>Why: {title}, {flips}</summary>\n\n{inner}\n</details>\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    crossing, confidence, likelihood = explanation.crossing, explanation.confidence, explanation.likelihood
    if crossing.images == 0:
        yield "No image is in both predictions."
        return
    share = percent_text(explanation.changed_guesses, crossing.images)
    yield f"{crossing.images:,} images compared; the first guess changed on {explanation.changed_guesses:,} ({share})."
    yield from (f"{escaped(sentence)}." for sentence in left_out(explanation))
    right = "right" if explanation.depth == 1 else f"among the first {explanation.depth}"
    yield f"\n| | Candidate {right} | Candidate wrong |\n|---|--:|--:|"
    yield f"| Baseline {right} | {crossing.both_right:,} | {crossing.lost:,} lost |"
    yield f"| Baseline wrong | {crossing.gained:,} gained | {crossing.both_wrong:,} |\n"
    lost = ""
    if crossing.lost:
        lost = (
            f" (of the lost images {probability(confidence.lost_baseline)} to {probability(confidence.lost_candidate)})"
        )
    yield f"Median confidence {probability(confidence.baseline)} to {probability(confidence.candidate)}{lost};"
    yield f"mean negative log-likelihood {likelihood.baseline:.4f} to {likelihood.candidate:.4f} nats.\n"
    if explanation.classes:
        yield "| Class | Images | Lost | Gained | Lost images now taken for | Some of them |\n|---|--:|--:|--:|---|---|"
        yield from (_row(flips) for flips in explanation.classes)
    elif likelihood.worst:
        yield "No image flipped. The right class lost most likelihood in:\n"
        for flip in likelihood.worst:
            yield f"- {code(flip.image)}: {flip.nll_before:.3f} to {flip.nll_now:.3f} nats"
    if explanation.more_classes:
        yield f"\nand {explanation.more_classes:,} more classes"


def _row(flips: ClassFlips) -> str:
    images = ", ".join(code(flip.image, 60) for flip in flips.lost_images)
    name, mistakes = escaped(class_title(flips), 80), escaped(mistakes_text(flips), 160)
    return f"| {name} | {flips.images:,} | {flips.lost:,} | {flips.gained:,} | {mistakes} | {images} |"
