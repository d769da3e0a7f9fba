"""The archive's texts on one line, and its addresses where they are some."""

from pwc_bench.core.text_forms import is_web_address

_LONGEST = 2_000


def clean_text(value: object) -> str:
    """Return a text on one line without control characters, cut where it is endless; "" for anything else."""
    if not isinstance(value, str):
        return ""
    flat = " ".join(value.split())
    return "".join(character for character in flat if character.isprintable())[:_LONGEST]


def clean_url(value: object) -> str | None:
    """Return a web address, None for anything else."""
    return value if isinstance(value, str) and is_web_address(value) else None
