"""Names as they stand in paths."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["slugify"]


@lru_cache(maxsize=100_000)
def slugify(text: str) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens; "+" becomes "plus"; never empty."""
    plain = unicodedata.normalize("NFKD", text.replace("+", " plus ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "x"
