"""Images with labels: a data set, and the source that its bytes come from."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set's classes and expectations. Where its bytes lie is a source's business."""

    key: str
    """The name on the command line: "imagenet-1k"."""
    title: str
    """The name that people read."""
    classes: tuple[str, ...]
    """The class identifiers in label order: `classes[label]` is the synset or folder name."""
    class_names: tuple[str, ...]
    """A readable name for each class, in the same order."""
    expected_images: int
    """The number of images in the whole set; fewer make a record partial."""
    description: str
    """One or two sentences."""
    homepage: str | None = None
    """Where it comes from (https)."""
    licence: str | None = None
    """The terms, as the home page names them."""
    task: str = "image-classification"
    """The slug of its task."""
    generate: Callable[[Path], Path] | None = field(default=None, compare=False, repr=False)
    """For a data set that the package makes itself: writes it below a folder (idempotent and atomic), returns the
    folder that holds `train/` and `val/`."""
    is_demo: bool = False
    """Whether accuracy on it says nothing about the world; it then never stands on another board."""

    def label_of(self, class_id: str) -> int | None:
        """Return the label of a class identifier, None where it is not one of ours."""
        try:
            return self.classes.index(class_id)
        except ValueError:
            return None


class Item(NamedTuple):
    """One image of a source."""

    name: str
    """Its name within the data set, unique, stable between storage forms: "ILSVRC2012_val_00000293.JPEG" or
    "n01440764/ILSVRC2012_val_00000293.JPEG"."""
    label: int
    """The index of its class."""


class ImageSource(Protocol):
    """Labelled images in a fixed order. Reading is safe from several threads at once."""

    @property
    def spec(self) -> str:
        """Say where the images lie, as a person would write it."""
        ...

    @property
    def items(self) -> Sequence[Item]:
        """List the images in their fixed order, sorted by name."""
        ...

    def read(self, index: int) -> bytes:
        """Return the encoded bytes of image `index`. Raises ImageError where they cannot be read."""
        ...

    def close(self) -> None:
        """Release open files."""
        ...


def manifest_sha256(items: Sequence[Item]) -> str:
    """Hash the names and labels in order: two passes with the same hash saw the same images and labels."""
    digest = hashlib.sha256()
    for name, label in items:
        digest.update(f"{name}\t{label}\n".encode())
    return digest.hexdigest()
