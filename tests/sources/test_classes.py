"""What class names mean: exactly one class, or nothing."""

import pytest

from pwc_bench.core.errors import SourceError
from pwc_bench.sources._columns import ClassIndex
from tests.sources.storage import GOLDFISH, IMAGENET, TENCH
from tests.sources.tables import lemmas

INDEX = ClassIndex(IMAGENET)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (TENCH, 0),
        (f"{GOLDFISH} goldfish, Carassius auratus", 1),
        ("tench, Tinca tinca", 0),
        ("Great_White_Shark", 2),
        ("cardigan", 474),
        ("Cardigan, Cardigan Welsh corgi", 264),
        ("CARDIGAN", None),
        ("crane", None),
        ("maillot", None),
        ("0", None),
        ("", None),
        ("cat", None),
    ],
)
def test_a_name_means_one_class_or_none(text: str, label: int | None) -> None:
    """Identifiers, first synonyms and other spellings; a name that two classes share means neither."""
    assert INDEX.label_of_text(text) == label


def test_names_in_our_order_are_verified_as_a_whole() -> None:
    """A thousand names in order are taken in order, namesakes too."""
    names = lemmas(IMAGENET.class_names)
    assert "crane2" in names
    assert INDEX.labels_of_names(names, "x") == tuple(range(1000))
    names[10] = "a name that nobody knows"
    assert INDEX.labels_of_names(names, "x") == tuple(range(1000))


def test_two_names_exchanged_break_the_order() -> None:
    """The order is then not ours, and the namesakes in it cannot be told apart."""
    names = lemmas(IMAGENET.class_names)
    names[0], names[1] = names[1], names[0]
    with pytest.raises(SourceError, match="'crane' does not mean exactly one class of imagenet-1k"):
        INDEX.labels_of_names(names, "x")


def test_many_unknown_names_break_the_order() -> None:
    """A thousand classes of another world are not ImageNet's."""
    with pytest.raises(SourceError, match="'class 0' does not mean exactly one class"):
        INDEX.labels_of_names([f"class {number}" for number in range(1000)], "x")


def test_some_of_the_classes_in_any_order_are_matched_by_name() -> None:
    """Ten classes of a thousand, as in small subsets."""
    names = ["chain saw", "tench", "church, church building", "English springer"]
    labels = INDEX.labels_of_names(names, "x")
    assert [IMAGENET.class_names[label] for label in labels] == ["chain saw", "tench", "church", "English springer"]


def test_two_names_of_one_class_are_refused() -> None:
    """Their images could not be told apart afterwards."""
    with pytest.raises(SourceError, match=f"'tench' and 'tench, Tinca tinca' both mean {TENCH}"):
        INDEX.labels_of_names(["tench", "tench, Tinca tinca"], "x")
