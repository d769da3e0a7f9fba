"""The errors that a person can cause or meet, each with the exit code of the command that ends with it.

    PwcBenchError (2)
    ├── UsageError (2)            an option or argument that cannot be right
    │   └── NotFoundError (2)     a file, campaign, revision or address that is not there
    ├── SourceError (2)           data that is missing, empty or wrongly labelled
    ├── KnowledgeError (2)        a knowledge or submission file that breaks the schema
    ├── RecordFormatError (2)     a line of JSON that is not a record
    ├── StoreError (2)            a database that cannot be opened, read or written
    ├── PublishError (2)          a site that cannot be written
    ├── NoBaselineError (3)       nothing there that a candidate could be compared with
    ├── EvaluationError (4)       a measurement that was asked for and failed
    │   ├── WeightsError (4)      a checkpoint that cannot be fetched, read or fitted
    │   └── ImageError (4)        one image that cannot be decoded, or is refused for its size
    └── DuplicatePartError (2)    two parts that declare the same key

Messages are one line: what is wrong, and what to do about it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

_LONGEST_REASON = 200


class PwcBenchError(Exception):
    """An error whose message is meant for the user: one line, no traceback."""

    exit_code: ClassVar[int] = 2


class UsageError(PwcBenchError):
    """An option or argument that cannot be right."""


class NotFoundError(UsageError):
    """A file, folder, campaign, git revision or web address that is not there: of a baseline it is 3."""


class SourceError(PwcBenchError):
    """Data that is missing, empty or wrongly labelled."""


class KnowledgeError(PwcBenchError):
    """A knowledge or submission file that breaks the schema."""


class RecordFormatError(PwcBenchError):
    """A line of JSON that is not a record."""


class StoreError(PwcBenchError):
    """A database that cannot be opened, read or written."""


class PublishError(PwcBenchError):
    """A site that cannot be written."""


class NoBaselineError(PwcBenchError):
    """Nothing there that a candidate could be compared with."""

    exit_code: ClassVar[int] = 3


class EvaluationError(PwcBenchError):
    """A measurement that was asked for and failed."""

    exit_code: ClassVar[int] = 4


class WeightsError(EvaluationError):
    """A checkpoint that cannot be fetched, read or fitted to its model."""


class ImageError(EvaluationError):
    """One image that cannot be decoded, or is refused for its size."""


class DuplicatePartError(PwcBenchError):
    """Two parts that declare the same key."""


class LeftOutWarning(UserWarning):
    """Something broken was left out and named, and the rest goes on: one line for the user."""


class RecordWarning(LeftOutWarning):
    """A stored record that breaks the schema."""


class PluginWarning(LeftOutWarning):
    """A plug-in that is left out: which distribution's, which entry point, and why."""


@contextmanager
def library_errors_as(error: type[PwcBenchError], what: str, advice: str) -> Iterator[None]:
    """Raise `error`, "what (reason); advice", for anything that a library raises in this block.

    Readers of damaged files raise nearly anything: a list of types would never be whole. Our own errors pass.
    """
    try:
        yield
    except PwcBenchError:
        raise
    except Exception as reason:
        raise error(f"{what} ({in_one_line(reason)}); {advice}") from reason


def in_one_line(reason: BaseException) -> str:
    """Return what an error says, without line breaks and not at length; its type if it says nothing."""
    said = (isinstance(reason, OSError) and reason.strerror) or str(reason)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    if len(text) > _LONGEST_REASON:
        text = f"{text[:_LONGEST_REASON]}..."
    return text or type(reason).__name__
