"""ImageNet-V2, matched frequency: new test images, in folders that are named by the label: "0" to "999"."""

from pwc_bench.core.dataset import Dataset
from pwc_bench.datasets._synsets import NAMES

DATASET = Dataset(
    key="imagenet-v2",
    title="ImageNet-V2",
    classes=tuple(str(label) for label in range(len(NAMES))),
    class_names=NAMES,
    expected_images=10_000,
    description=(
        "New test images for the 1,000 classes of ImageNet, collected by the protocol of the original: 10,000 images, "
        '10 of each class, in the variant "matched frequency". Folders are named by label, 0 to 999.'
    ),
    homepage="https://github.com/modestyachts/ImageNetV2",
)
