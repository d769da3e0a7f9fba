"""Names as they stand in paths."""

import hashlib
import re
import unicodedata
from functools import lru_cache

__all__ = ["LONGEST_NAME", "shortened", "slugify"]

LONGEST_NAME = 240
"""Characters. A name in a path may have 255 on common file systems, of which an ending like ".svg" needs some."""
_KEPT = 120
"""Characters of a name that is too long; a hash of the whole tells it apart."""


@lru_cache(maxsize=100_000)
def slugify(text: str) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens; "+" becomes "plus".

    Never empty: of a text in another script there is no letter left, and a hash tells it apart ("x-5f0d8ac2").
    """
    plain = unicodedata.normalize("NFKD", text.replace("+", " plus ")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return slug or f"x-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"


def shortened(name: str) -> str:
    """Return the slug `name` as a path can hold it: as it is, or its beginning with a hash where it is too long."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:_KEPT].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
