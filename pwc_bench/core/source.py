"""Where image bytes and labels come from: the protocol that every storage form offers."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["ImageSource", "Item", "manifest_sha256"]


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
