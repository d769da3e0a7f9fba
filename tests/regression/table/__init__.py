"""The specification of `check`: what a baseline and a candidate hold, and what must come of it."""

from tests.regression.table.accuracy import ACCURACY
from tests.regression.table.case import Case
from tests.regression.table.equivalence import EQUIVALENCE
from tests.regression.table.exact import EXACT
from tests.regression.table.presence import PRESENCE
from tests.regression.table.speed import SPEED

__all__ = ["SECTIONS", "Case"]

SECTIONS = (EXACT, ACCURACY, SPEED, EQUIVALENCE, PRESENCE)
"""In the order in which docs/verdicts.md shows them."""
