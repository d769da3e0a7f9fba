"""ImageNet-1k: the sorted synsets and their names, equal to the lists that timm carries."""

from importlib.util import find_spec
from pathlib import Path

from pwc_bench.datasets import load_datasets
from pwc_bench.datasets.imagenet import DATASET

_TIMM = find_spec("timm")
if _TIMM is None or _TIMM.origin is None:
    raise RuntimeError("timm is one of our requirements")
TIMM_FACTS = Path(_TIMM.origin).parent / "data" / "_info"
"""Found without importing timm, which takes seconds."""


def test_the_classes_are_the_thousand_sorted_synsets_of_timm() -> None:
    """The order is the order of every published classifier's outputs."""
    theirs = (TIMM_FACTS / "imagenet_synsets.txt").read_text().split()
    assert list(DATASET.classes) == theirs == sorted(theirs)
    assert len(DATASET.classes) == 1000


def test_the_names_are_the_first_lemmas() -> None:
    """Each class is named by the first of WordNet's words for it."""
    lines = (TIMM_FACTS / "imagenet_synset_to_lemma.txt").read_text().splitlines()
    lemmas = dict(line.split("\t") for line in lines)
    assert [lemmas[synset].split(",")[0] for synset in DATASET.classes] == list(DATASET.class_names)


def test_a_label_is_the_place_among_all_synsets() -> None:
    """Labels do not depend on which classes are present."""
    assert DATASET.label_of("n01440764") == 0
    assert DATASET.label_of("n15075141") == 999
    assert DATASET.label_of("n00000000") is None
    assert DATASET.expected_images == 50_000


def test_the_declared_data_sets_are_found_by_walking_the_folder() -> None:
    """A module that declares DATASET is a data set: there is no list to keep."""
    assert {"demo", "imagenet-1k"} <= load_datasets().keys()
    assert load_datasets()["imagenet-1k"] is DATASET
