"""A labelled set of images: what accuracy is measured on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Dataset"]


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
