"""The example's site, built once for all tests that only look at it."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pwc_bench.publishing import publish
from tests.example_archive import example_archive

__all__ = ["built_site"]


@cache
def built_site() -> Path:
    """Return the folder of the example's site."""
    folder = Path(mkdtemp(prefix="pwc-bench-test-site-")) / "site"
    publish(example_archive(), folder)
    return folder
