"""A page of the site before it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
