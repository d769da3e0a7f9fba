"""Finding room for labels beside points: greedy, deterministic, good enough for a leaderboard."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_CHARACTER_WIDTH, _WIDE_CHARACTER_WIDTH = 6.6, 12.0
"""The width of a character of the chart's text (12 px), rounded up; one of an East Asian script fills its square."""
_LINE_HEIGHT = 14.0
_GAP = 9.0
"""From a point's centre to its label."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """Return the area that two rectangles share."""
        # Asked hundreds of times for each chart: most rectangles are apart, and comparing costs less than `min`.
        if other.left >= self.right or other.right <= self.left or other.top >= self.bottom or other.bottom <= self.top:
            return 0.0
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands: the baseline's point and the anchor of SVG text."""

    x: float
    y: float
    anchor: str


def place_labels(labels: Sequence[tuple[float, float, str]], taken: Sequence[Box], frame: Box) -> tuple[Place, ...]:
    """Return a place for each label (x, y of its point, text) inside `frame`, clear of `taken` where possible."""
    occupied = list(taken)
    places = []
    for x, y, text in labels:
        width = sum(map(_width, text))
        options = [(_box(place, width), place) for place in _options(x, y)]
        box, place = min(options, key=lambda option: _cost(option[0], occupied, frame))
        occupied.append(box)
        places.append(place)
    return tuple(places)


def _options(x: float, y: float) -> tuple[Place, ...]:
    """List the places around a point, the best first."""
    return (
        Place(x + _GAP, y + 4, "start"),
        Place(x - _GAP, y + 4, "end"),
        Place(x, y - _GAP, "middle"),
        Place(x, y + _GAP + 9, "middle"),
        Place(x + _GAP, y - 8, "start"),
        Place(x - _GAP, y - 8, "end"),
        Place(x + _GAP, y + 16, "start"),
        Place(x - _GAP, y + 16, "end"),
        Place(x + 2 * _GAP, y + 4, "start"),
        Place(x - 2 * _GAP, y + 4, "end"),
        Place(x, y - 2 * _GAP - 4, "middle"),
        Place(x, y + 2 * _GAP + 14, "middle"),
    )


def _width(character: str) -> float:
    return _WIDE_CHARACTER_WIDTH if unicodedata.east_asian_width(character) in {"W", "F"} else _CHARACTER_WIDTH


def _box(place: Place, width: float) -> Box:
    left = place.x - {"start": 0.0, "middle": width / 2, "end": width}[place.anchor]
    return Box(left, place.y - _LINE_HEIGHT + 3, left + width, place.y + 3)


def _cost(box: Box, occupied: Sequence[Box], frame: Box) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    outside = area - box.overlap(frame)
    return sum(box.overlap(other) for other in occupied) + 10 * outside
