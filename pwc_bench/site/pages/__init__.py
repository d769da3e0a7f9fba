"""The site's pages. A module declares its `KINDS`: what pages there are, and how one is made for its template."""

import sys
from collections.abc import Iterator
from typing import Any

from pwc_bench.core.parts import part_modules
from pwc_bench.site.parts.page import PageKind

__all__ = ["page_kinds"]


def page_kinds() -> Iterator[type[PageKind[Any]]]:
    """Yield the kinds of pages, a module after the other."""
    for module in part_modules(sys.modules[__name__]):
        yield from module.KINDS
