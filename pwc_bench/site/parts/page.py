"""A page before it is rendered, and a kind of pages: which of it there are, and how one is made."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from pwc_bench.core.archive import Archive

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it goes and what its template sees as `page`. Templates do no arithmetic."""

    key: str
    """The kind of page, which is also its template's stem: "leaderboard"."""
    path: str
    """Where it goes, relative to the site's root: "paper/convit/index.html"."""
    context: object
    """A frozen dataclass with everything that the template shows, numbers already written as text."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """Further files beside it by their path relative to the site's root: "sota/x/chart.svg"."""


class PageKind(ABC, Generic[Key]):
    """The pages of one kind. What they have in common is read once, when the kind is made for an archive.

    Every page depends on its key and the archive alone, so that one can be made without the others, by any process.
    """

    template: ClassVar[str]
    """The stem of its template: "leaderboard"."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    @abstractmethod
    def keys(self) -> Iterable[Key]:
        """Stream what there are pages of, in the same order each time."""

    @abstractmethod
    def path(self, key: Key) -> str:
        """Return where the page of `key` goes; of several the first."""

    @abstractmethod
    def pages(self, key: Key) -> Iterator[Page]:
        """Make the page of `key`: of a leaderboard's charts all, since they are drawn from the same rows."""


class OnePage(PageKind[str]):
    """A page that stands once in a site; its key is its path."""

    address: ClassVar[str]

    def keys(self) -> Iterable[str]:
        """Stream the one."""
        return (self.address,)

    def path(self, key: str) -> str:
        """Return it."""
        return key

    def pages(self, key: str) -> Iterator[Page]:  # noqa: ARG002  (there is but one)
        """Make it."""
        yield self.page()

    @abstractmethod
    def page(self) -> Page:
        """Make it."""
