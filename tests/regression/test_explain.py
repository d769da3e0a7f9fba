"""Why an accuracy moved."""

from dataclasses import replace

import numpy as np
import pytest

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.measurement import Measurement, PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression import Side
from pwc_bench.regression.explain import ClassNames, diagnose, explain, join
from pwc_bench.regression.explanation import Crossing, Explanation, ImageFlip, Likelihood
from pwc_bench.regression.reports import FORMATS, ReportContext, render
from tests.example_archive import METRICS
from tests.regression.predictions import guesses, reordered

NAMES = ClassNames(
    tuple(f"n{label:08}" for label in range(10)),
    ("tench", "goldfish", "crane", "crane", "eel", "hen", "owl", "newt", "frog", ""),
)
LABELS = [label for label in range(10) for _ in range(10)]
BASELINE = guesses(LABELS, {0: 4, 25: 1, 26: 1})
CANDIDATE = guesses(LABELS, {1: 4, 2: 4, 3: 8, 25: 1, 31: 2, 32: 2, 30: 9})


def _verdict(metric: Metric = METRICS["top1"], outcome: Outcome = Outcome.REGRESSED) -> Verdict:
    return Verdict(
        variant="convit-s",
        title="ConViT-S",
        dataset="imagenet-1k",
        metric=metric,
        outcome=outcome,
        reason="because",
        baseline=Measurement(97.0, "%"),
        candidate=Measurement(93.0, "%"),
        baseline_record="old",
        candidate_record="new",
    )


def _found(candidate: PredictionBatch = CANDIDATE, metric: Metric = METRICS["top1"]) -> Explanation:
    return explain(_verdict(metric), BASELINE, candidate, NAMES)


def test_the_agreement_matrix_counts_every_image_once() -> None:
    """Both right, lost, gained, both wrong."""
    found = _found()
    assert found.crossing == Crossing(both_right=91, lost=6, gained=2, both_wrong=1)
    assert found.changed_guesses == 8


def test_the_largest_net_losers_stand_first() -> None:
    """Classes by lost minus gained; a class that only gained comes last."""
    classes = _found().classes
    assert [(flips.label, flips.lost, flips.gained) for flips in classes] == [(3, 3, 0), (0, 3, 1), (2, 0, 1)]
    assert {flips.images for flips in classes} == {10}


def test_a_class_says_what_it_is_taken_for_now() -> None:
    """The most frequent mistake first, with the images' names; classes of one name are told apart."""
    crane, tench, _ = _found().classes
    assert [(mistake.name, mistake.images) for mistake in tench.mistakes] == [("eel", 2), ("frog", 1)]
    assert [flip.image for flip in tench.lost_images] == ["image-00001.jpg", "image-00002.jpg", "image-00003.jpg"]
    assert (tench.lost_images[0].before, tench.lost_images[0].now) == ("tench", "eel")
    assert [mistake.name for mistake in crane.mistakes] == ["crane (n00000002)", "n00000009"]
    assert (tench.name, tench.identifier) == ("tench", "n00000000")


def test_confidences_are_medians_of_the_first_guess() -> None:
    """Of all images, and of those that were lost."""
    confidence = _found().confidence
    assert confidence.baseline == pytest.approx(0.9)
    assert confidence.candidate == pytest.approx(0.9)
    assert confidence.lost_baseline == pytest.approx(0.9)
    assert confidence.lost_candidate == pytest.approx(0.4)


def test_the_order_of_the_images_does_not_matter() -> None:
    """The sides are joined by name."""
    order = np.random.default_rng(1).permutation(100).tolist()
    assert _found(reordered(CANDIDATE, order)) == _found()


def test_images_that_cannot_be_compared_are_counted_and_left_out() -> None:
    """Missing on either side, or labelled differently."""
    fewer = reordered(CANDIDATE, list(range(90)))
    renamed = replace(fewer, images=[*fewer.images[:89], "another.jpg"])
    labels = renamed.labels.copy()
    labels[5] = 7
    found = _found(replace(renamed, labels=labels))
    assert (found.only_in_baseline, found.only_in_candidate, found.relabelled) == (11, 1, 1)
    assert found.crossing.images == 88


def test_sides_without_a_common_image_are_said_to_have_none() -> None:
    """No division by nothing, and every format still says so."""
    found = _found(replace(CANDIDATE, images=[f"x{name}" for name in CANDIDATE.images]))
    assert found.crossing.images == 0
    assert found.classes == ()
    verdicts = (_verdict(),)
    context = ReportContext(baseline="a", candidate="b", exit_code=1, explanations=(found,))
    for name in FORMATS:
        assert render(name, verdicts, context)
    assert "no image is in both predictions" in render("text", verdicts, context)


def test_a_name_that_occurs_twice_counts_once() -> None:
    """A file that holds an image twice does not make it weigh double."""
    twice = reordered(CANDIDATE, [*range(100), 0])
    assert _found(twice) == _found()


def test_top5_looks_at_five_guesses() -> None:
    """An image is right as long as its class is among them."""
    # An image taken for class 4 has the guesses 4 to 8: of the lost ones only the two of class 0 have left the five.
    assert [(flips.label, flips.lost) for flips in _found(metric=METRICS["top5"]).classes] == [(0, 2)]
    assert _found(metric=METRICS["top5"]).depth == 5


def test_a_likelihood_that_moved_without_flips_names_images() -> None:
    """The images whose right class lost most, the worst first."""
    nll = BASELINE.nll.copy()
    nll[[7, 9]] = (0.9, 1.9)
    found = explain(_verdict(METRICS["nll"]), BASELINE, replace(BASELINE, nll=nll), NAMES)
    assert found.classes == ()
    assert [flip.image for flip in found.likelihood.worst] == ["image-00009.jpg", "image-00007.jpg"]
    context = ReportContext(baseline="a", candidate="b", exit_code=1, explanations=(found,))
    for name in ("text", "markdown"):
        assert "image-00009.jpg" in render(name, (_verdict(),), context)


def test_labels_beyond_the_declared_classes_speak_for_themselves() -> None:
    """A data set that nobody declares has no names."""
    found = explain(_verdict(), BASELINE, CANDIDATE, ClassNames.of(None))
    assert found.classes[0].name == "class 3"


def test_a_long_list_of_classes_is_cut_and_counted() -> None:
    """Ten classes are shown."""
    labels = list(range(50)) * 2
    lost = {place: (label + 1) % 50 for place, label in enumerate(labels)}
    found = explain(_verdict(), guesses(labels, {}, classes=50), guesses(labels, lost, classes=50), ClassNames.of(None))
    assert (len(found.classes), found.more_classes) == (10, 40)


def _side(name: str, **predictions: PredictionBatch) -> Side:
    return Side(name, (), predictions)


def test_only_what_moved_is_explained_and_the_same_flips_once() -> None:
    """Top-1 and likelihood look at the same first guesses; what stayed the same needs no explanation."""
    verdicts = (
        _verdict(METRICS["nll"]),
        _verdict(METRICS["top1"]),
        _verdict(METRICS["top5"], Outcome.SAME),
        _verdict(METRICS["gflops"]),
    )
    imagenet = Dataset("imagenet-1k", "ImageNet", NAMES.identifiers, NAMES.names, 100, "Few.")
    found = diagnose(verdicts, _side("a", old=BASELINE), _side("b", new=CANDIDATE), {"imagenet-1k": imagenet})
    assert [item.metric for item in found.explanations] == ["nll"]
    assert found.explanations[0].classes[1].name == "tench"
    assert found.notes == ()


def test_a_warning_is_reason_enough() -> None:
    """Many flips that cancel out are worth a look."""
    verdict = replace(_verdict(outcome=Outcome.SAME), warnings=("many flips",))
    assert diagnose((verdict,), _side("a", old=BASELINE), _side("b", new=CANDIDATE), {}).explanations


def test_predictions_that_are_not_at_hand_are_said_to_be_missing() -> None:
    """The note names the side and the reason."""
    candidate = Side("campaign 2", (), absent_predictions={"new": "the file is missing"})
    found = diagnose((_verdict(),), _side("a", old=BASELINE), candidate, {})
    assert found.explanations == ()
    assert found.notes == ("ConViT-S, Top-1 accuracy: no images to show, campaign 2: the file is missing",)
    (note,) = diagnose((_verdict(),), _side("a"), candidate, {}).notes
    assert note.endswith("a: its predictions are not at hand")


def test_confidences_that_are_no_numbers_are_absent() -> None:
    """NaN never reaches a reader as a probability."""
    scores = np.full_like(CANDIDATE.scores, np.nan)
    confidence = _found(replace(CANDIDATE, scores=scores)).confidence
    assert confidence.candidate is None
    assert confidence.baseline is not None


def test_classes_of_one_name_are_told_apart() -> None:
    """Two are crane; what has no name goes by its identifier, and what has neither by its number."""
    names = ClassNames(("n0", "n1", "n2"), ("tench", "crane", "crane", ""))
    assert [names.unique_name(label) for label in range(5)] == [
        "tench",
        "crane (n1)",
        "crane (n2)",
        "class 3",
        "class 4",
    ]
    assert [names.identifier(label) for label in (0, 2, 3, -1)] == ["n0", "n2", "class 3", "class -1"]
    assert [names.name(label) for label in (0, 1, 3, -1)] == ["tench", "crane", "class 3", "class -1"]
    thrice = ClassNames((), ("a", "a", "a"))
    assert thrice.unique_name(2) == "a (class 2)"
    imagenet = Dataset("imagenet-1k", "ImageNet", ("n0", "n1"), ("tench", "crane"), 100, "Few.")
    assert ClassNames.of(imagenet) == ClassNames(("n0", "n1"), ("tench", "crane"))


def test_an_explanation_says_what_it_is_about() -> None:
    """The verdict's names stand over it."""
    verdict = replace(_verdict(), implementation="fused")
    found = explain(verdict, BASELINE, CANDIDATE, NAMES)
    assert (found.variant, found.title, found.dataset, found.implementation) == (
        "convit-s", "ConViT-S", "imagenet-1k", "fused",
    )  # fmt: skip
    assert (found.metric, found.metric_title, found.depth, found.more_classes) == ("top1", "Top-1 accuracy", 1, 0)


def test_a_few_images_of_a_class_stand_for_it() -> None:
    """As many as were asked for, lost and gained; a gained one with what it was taken for."""
    found = explain(_verdict(), BASELINE, CANDIDATE, NAMES, most_images=1)
    crane, tench, other = found.classes
    assert [len(flips.lost_images) for flips in (crane, tench, other)] == [1, 1, 0]
    assert tench.gained_images == (
        ImageFlip("image-00000.jpg", before="eel", now="tench", nll_before=2.0, nll_now=0.5),
    )
    assert other.gained_images[0].image == "image-00026.jpg"
    assert len(found.likelihood.worst) == 1


def test_of_classes_with_one_balance_the_one_that_lost_more_stands_first() -> None:
    """Class 1 lost 2 and gained 1, class 0 lost 1; then by label."""
    labels = [0, 0, 1, 1, 1, 2, 2]
    found = explain(_verdict(), guesses(labels, {4: 7}), guesses(labels, {0: 8, 2: 8, 3: 8, 5: 8}), ClassNames.of(None))
    assert [(flips.label, flips.lost, flips.gained) for flips in found.classes] == [(1, 2, 1), (0, 1, 0), (2, 1, 0)]


def test_mistakes_are_ordered_by_how_often_they_are_made() -> None:
    """8 twice before 4, and of 6 and 9, made once each, the lower label; five are named."""
    labels = [0] * 8
    found = explain(
        _verdict(), guesses(labels, {}), guesses(labels, {0: 9, 1: 8, 2: 8, 3: 6, 4: 4}), ClassNames.of(None)
    )
    assert [(each.name, each.images) for each in found.classes[0].mistakes] == [
        ("class 8", 2), ("class 4", 1), ("class 6", 1), ("class 9", 1),
    ]  # fmt: skip
    wrong = {place: place + 1 for place in range(8)}
    many = explain(_verdict(), guesses(labels, {}), guesses(labels, wrong), ClassNames.of(None))
    assert len(many.classes[0].mistakes) == 5


def test_likelihoods_are_added_up_as_doubles() -> None:
    """A mean of 100,000,000 and 1 keeps the half; none over no image; of equal losses the first ones are shown."""
    far = BASELINE.nll.copy()
    far[:] = 0.0
    far[:2] = (1e8, 1.0)
    found = explain(_verdict(METRICS["nll"]), replace(BASELINE, nll=far), replace(BASELINE, nll=far), NAMES).likelihood
    assert (found.baseline, found.candidate, found.worst) == (1_000_000.01, 1_000_000.01, ())
    none = _found(replace(CANDIDATE, images=[f"x{name}" for name in CANDIDATE.images]))
    assert none.likelihood == Likelihood(0.0, 0.0, ())
    worse = replace(BASELINE, nll=BASELINE.nll + np.float32(0.25))
    rose = explain(_verdict(METRICS["nll"]), BASELINE, worse, NAMES).likelihood
    assert [flip.image for flip in rose.worst] == ["image-00000.jpg", "image-00001.jpg", "image-00002.jpg"]
    assert rose.candidate - rose.baseline == pytest.approx(0.25)


def test_each_variant_and_each_depth_is_explained() -> None:
    """Top-5 looks at other guesses than top-1; a second variant is no repetition; the worst verdicts come first."""
    other = replace(_verdict(), variant="convit-b", title="ConViT-B")
    fused = replace(_verdict(), implementation="fused")
    better = replace(_verdict(outcome=Outcome.IMPROVED), dataset="imagenet-v2")
    verdicts = (better, _verdict(METRICS["gflops"]), _verdict(), _verdict(), _verdict(METRICS["top5"]), other, fused)
    found = diagnose(verdicts, _side("a", old=BASELINE), _side("b", new=CANDIDATE), {})
    assert [(each.variant, each.dataset, each.metric, each.implementation) for each in found.explanations] == [
        ("convit-s", "imagenet-1k", "top1", None),
        ("convit-s", "imagenet-1k", "top5", None),
        ("convit-b", "imagenet-1k", "top1", None),
        ("convit-s", "imagenet-1k", "top1", "fused"),
        ("convit-s", "imagenet-v2", "top1", None),
    ]


def test_an_accepted_change_is_explained_too() -> None:
    """Somebody wanted it, and may want to see what it did."""
    verdict = replace(_verdict(outcome=Outcome.SAME), is_accepted=True)
    assert diagnose((verdict,), _side("a", old=BASELINE), _side("b", new=CANDIDATE), {}).explanations
    unnamed = replace(verdict, baseline_record=None)
    (note,) = diagnose((unnamed,), _side("a", old=BASELINE), _side("b", new=CANDIDATE), {}).notes
    assert note == "ConViT-S, Top-1 accuracy: no images to show, a: its predictions are not at hand"


def test_names_that_occur_twice_on_both_sides_count_once_with_their_last_prediction() -> None:
    """Whatever the order; and where all images agree nothing is copied."""
    twice = reordered(BASELINE, [0, 1, 0])
    found = join(twice, twice)
    assert list(found.images) == ["image-00000.jpg", "image-00001.jpg"]
    assert (found.only_in_baseline, found.only_in_candidate, found.relabelled) == (0, 0, 0)
    whole = join(BASELINE, CANDIDATE)
    assert whole.baseline is BASELINE
    assert whole.candidate is CANDIDATE
