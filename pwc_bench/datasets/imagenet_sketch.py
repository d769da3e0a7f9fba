"""ImageNet-Sketch: drawings of ImageNet's classes, in folders that are named by the synset."""

from pwc_bench.core.dataset import Dataset
from pwc_bench.datasets._synsets import NAMES, SYNSETS

DATASET = Dataset(
    key="imagenet-sketch",
    title="ImageNet-Sketch",
    classes=SYNSETS,
    class_names=NAMES,
    expected_images=50_889,
    description="Black-and-white sketches of the 1,000 classes of ImageNet: 50,889 images, about 50 of each class.",
    homepage="https://github.com/HaohanWang/ImageNet-Sketch",
)
