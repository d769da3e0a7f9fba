"""Two variants on the same images."""

from dataclasses import replace

import pytest
import scipy.stats

from pwc_bench.core.dataset import Dataset
from pwc_bench.site.parts.pair import PairFlips, pair_flips
from pwc_bench.site.parts.pairs import GuessDesk
from tests.site.parts.guessing import archive_of, batch_of

CLASSES = Dataset("imagenet-1k", "ImageNet-1k", ("n0", "n1", "n2"), ("cat", "dog", "owl"), 10, "Three classes.")


def _flips(labels: list[int], first: list[int], second: list[int]) -> PairFlips:
    desk = GuessDesk(archive_of({"convit-s": batch_of(labels, first), "convit-b": batch_of(labels, second)}))
    (ours,), (theirs,) = desk.of_variant("convit-s"), desk.of_variant("convit-b")
    found = pair_flips(ours, theirs, CLASSES)
    assert found is not None
    return found


def test_every_image_is_counted_in_one_of_four_boxes() -> None:
    """Both right, only one, both wrong; the difference is the second's gain."""
    found = _flips([0, 0, 1, 1, 2], [0, 1, 1, 0, 0], [0, 0, 0, 1, 0])
    assert (found.both_right, found.only_first, found.only_second, found.both_wrong) == ("1", "1", "2", "1")
    assert found.images == "5"
    assert found.difference == "+20.00"
    assert found.same_guess == "40.0"


def test_the_p_value_is_the_exact_tests() -> None:
    """Twelve images lost and two gained, against a binomial of scipy's own."""
    found = _flips([0] * 20, [0] * 12 + [1] * 2 + [0] * 6, [1] * 12 + [0] * 2 + [0] * 6)
    assert float(found.p_value) == pytest.approx(scipy.stats.binomtest(2, 14).pvalue, rel=0.05)
    assert found.is_told_apart
    assert found.difference.startswith("\N{MINUS SIGN}50.00")


def test_the_interval_lies_about_the_difference() -> None:
    """It is taken from the share of discordant images, so it excludes 0 where the test does."""
    found = _flips([0] * 100, [0] * 90 + [1] * 10, [0] * 60 + [1] * 30 + [1] * 10)
    low, high = (float(end.replace("\N{MINUS SIGN}", "-")) for end in found.interval.split(" \N{EN DASH} "))
    assert low < -29 < high + 3
    assert high < 0
    assert found.p_value == "< 0.0001"


def test_equal_guesses_cannot_be_told_apart() -> None:
    """No discordant image: p is 1, and no class is named."""
    found = _flips([0, 1], [0, 0], [0, 0])
    assert (found.p_value, found.is_told_apart, found.interval) == ("1", False, "±0.00")
    assert found.for_first == found.for_second == ()


def test_classes_stand_with_whom_they_favour() -> None:
    """The largest gain first, with the images that decide it; a class without a name shows its number."""
    found = _flips([0, 0, 0, 1, 1, 7], [0, 0, 0, 2, 2, 7], [2, 2, 0, 1, 1, 0])
    (cat, unnamed), (dog,) = found.for_first, found.for_second
    assert (cat.name, cat.identifier, cat.images, cat.only_first, cat.only_second) == ("cat", "n0", 3, 2, 0)
    assert cat.examples == ("val/00000.JPEG", "val/00001.JPEG")
    assert unnamed.name == "class 7"
    assert (dog.name, dog.only_first, dog.only_second) == ("dog", 0, 2)


def test_other_images_are_not_compared() -> None:
    """Another length, or the same images with other labels."""
    archive = archive_of({"convit-s": batch_of([0, 1], [0, 1]), "convit-b": batch_of([0], [0])})
    desk = GuessDesk(archive)
    (first,), (second,) = desk.of_variant("convit-s"), desk.of_variant("convit-b")
    assert pair_flips(first, second, None) is None
    assert pair_flips(first, replace(first, labels=first.labels + 1), None) is None
