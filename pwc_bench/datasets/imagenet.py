"""ImageNet-1k: the ILSVRC 2012 validation set, on which the paper measures.

The 1,000 synsets come from ImageNet (the ILSVRC 2012 classes, in sorted order, which is the order of every published
classifier's outputs) and their readable names from WordNet 3.0 (the first lemma of each synset). Both are facts kept in
`imagenet_synsets.tsv`: the synset, a tab, the name.
"""

from importlib.resources import files

from pwc_bench.core.dataset import Dataset

__all__ = ["DATASET"]


def _synsets_and_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    lines = files(__package__).joinpath("imagenet_synsets.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    return tuple(synset for synset, _ in pairs), tuple(name for _, name in pairs)


_SYNSETS, _NAMES = _synsets_and_names()

DATASET = Dataset(
    key="imagenet-1k",
    title="ImageNet-1k",
    classes=_SYNSETS,
    class_names=_NAMES,
    expected_images=50_000,
    description=(
        "The validation set of the ImageNet Large Scale Visual Recognition Challenge 2012: 50,000 photographs of 1,000 "
        "classes, 50 of each."
    ),
    homepage="https://www.image-net.org/challenges/LSVRC/2012/",
    licence="ImageNet terms of access: non-commercial research and education",
)
