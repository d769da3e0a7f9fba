"""What somebody published. Claims and records never share a table."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pwc_bench.core.errors import KnowledgeError

__all__ = ["PRINTED", "Claim", "is_printed_number"]

PRINTED = re.compile(r"[+-]?([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
"""Digits, with separators in groups of three only: "0,626" is somebody's decimal comma, and is refused."""


def is_printed_number(text: str) -> bool:
    """Tell whether `text` is a number as a claim may print it: "5.4", "1,442", "1e-5"; no unit, no decimal comma."""
    return PRINTED.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """One published number, with its printed digits and its source."""

    paper: str
    """The slug of the paper or page that makes the claim."""
    model: str
    """The model's name as printed: "ConViT-S"."""
    variant: str | None
    """The key of our variant that it speaks of, None where we have none."""
    task: str
    """The task's slug."""
    dataset: str
    """The data set's key."""
    metric: str
    """The metric's key ("gflops", "parameters", "top1"), or another name for a metric that we do not measure."""
    value: str
    """The number as printed, in the metric's display unit: "5.4", "30", "82.2"."""
    unit: str
    """The unit in which it is printed: "GFLOPs", "M", "%", "images/s"."""
    source: str
    """The table or address: "Table 1"."""
    uses_additional_data: bool = False
    """Whether the model was trained on more than the data set."""
    evaluated_on: str | None = None
    """The date of the evaluation (ISO 8601), where known."""
    conditions: str | None = None
    """What the number depends on: "Quadro GP100, batch 128"."""
    source_url: str | None = None
    """Where the source can be read (https)."""

    @property
    def number(self) -> Decimal:
        """Return the printed value as an exact decimal, in the printed unit. Raises KnowledgeError where it is none."""
        if not is_printed_number(self.value):
            message = (
                f"claim {self.model} {self.metric}: {self.value!r} is no number; write it as printed, without unit"
            )
            raise KnowledgeError(message)
        return Decimal(self.value.replace(",", ""))

    @property
    def decimals(self) -> int:
        """Return how many digits are printed after the decimal point."""
        exponent = self.number.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what makes two claims the same claim: one table may print a metric under several conditions."""
        return (self.paper, self.model, self.dataset, self.metric, self.source, self.conditions or "")
