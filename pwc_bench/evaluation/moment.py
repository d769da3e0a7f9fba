"""The present time, as records write it."""

from datetime import UTC, datetime


def timestamp() -> str:
    """Return the present time as records write it: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
