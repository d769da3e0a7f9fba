"""The 1,000 classes that several data sets share.

The synsets come from ImageNet (the ILSVRC 2012 classes, in sorted order, which is the order of every published
classifier's outputs) and their readable names from WordNet 3.0 (the first lemma of each synset). Both are facts kept in
`imagenet_synsets.tsv`: the synset, a tab, the name.
"""

from importlib.resources import files


def _synsets_and_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    lines = files(__package__).joinpath("imagenet_synsets.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    return tuple(synset for synset, _ in pairs), tuple(name for _, name in pairs)


SYNSETS, NAMES = _synsets_and_names()
