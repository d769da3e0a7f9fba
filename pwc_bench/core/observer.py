"""Who is told what a run is doing."""

from typing import Protocol


class Observer(Protocol):
    """Told what begins, how far a pass is, and what went wrong without ending the run."""

    def stage(self, text: str) -> None:
        """Hear what begins now: "ConViT-Ti: counting operators"."""
        ...

    def progress(self, done: int, total: int, unit: str) -> None:
        """Hear how far the present stage is: 128 of 50,000 "images"."""
        ...

    def warning(self, text: str) -> None:
        """Hear of something that went wrong and does not end the run: one line."""
        ...


class SilentObserver:
    """Hears everything and says nothing."""

    def stage(self, text: str) -> None:
        """Ignore what begins."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Ignore how far it is."""

    def warning(self, text: str) -> None:
        """Ignore what went wrong."""
