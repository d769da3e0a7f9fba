"""The demo: a small data set that the package draws itself, so that every path runs on a machine without ImageNet.

Eight classes, four hues in two textures, told apart by both together; separate training and validation images. Accuracy
on it says that the pipeline works, and nothing about the world.
"""

from pathlib import Path

from pwc_bench.core.dataset import Dataset
from pwc_bench.datasets.demo.layout import CLASSES, IMAGES_PER_CLASS

__all__ = ["DATASET", "generate"]


def generate(folder: Path) -> Path:
    """Write the images below `folder` where they are not there yet, and return the folder of `train/` and `val/`.

    Raises SourceError where `folder` cannot be written.
    """
    from pwc_bench.datasets.demo.generation import write_demo  # numpy and Pillow are needed only to draw

    return write_demo(folder)


DATASET = Dataset(
    key="demo",
    title="Demo (hues and textures)",
    classes=CLASSES,
    class_names=tuple(class_id.replace("-", " ") for class_id in CLASSES),
    expected_images=len(CLASSES) * IMAGES_PER_CLASS,
    description=(
        "A demo that the package draws itself: four hues in two textures. Accuracy on it shows that the pipeline "
        "works and says nothing about the world."
    ),
    licence="Apache-2.0",
    generate=generate,
    is_demo=True,
)
