"""A storage form as its module declares it."""

from collections.abc import Callable
from dataclasses import dataclass

from pwc_bench.core.dataset import ImageSource
from pwc_bench.sources._location import Location


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which images and labels are stored."""

    key: str
    """A short unique name: "tar"."""
    title: str
    """What people call it: "tar archive"."""
    recognises: Callable[[Location], bool]
    """Whether images at this place are in this form; cheap."""
    open: Callable[[Location], ImageSource]
    """Opens them. Raises SourceError where they are not as the form demands."""
    asked_last: bool = False
    """Whether forms with marks of their own are asked first, since nearly any folder resembles this one."""
