"""ImageNet-1k: the ILSVRC 2012 validation set, on which the paper measures."""

from pwc_bench.core.dataset import Dataset
from pwc_bench.datasets._synsets import NAMES, SYNSETS

DATASET = Dataset(
    key="imagenet-1k",
    title="ImageNet-1k",
    classes=SYNSETS,
    class_names=NAMES,
    expected_images=50_000,
    description=(
        "The validation set of the ImageNet Large Scale Visual Recognition Challenge 2012: 50,000 photographs of 1,000 "
        "classes, 50 of each."
    ),
    homepage="https://www.image-net.org/challenges/LSVRC/2012/",
    licence="ImageNet terms of access: non-commercial research and education",
)
