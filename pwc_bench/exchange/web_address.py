"""What counts as a web address in files that strangers write."""

import re

from pwc_bench.core.text_forms import WEB

__all__ = ["address_complaint", "is_web_address"]

_WHOLE_HOST = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]|$)", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Tell whether `value` is an http or https address without a user's name, and safe in a page."""
    return WEB.fullmatch(value) is not None


def address_complaint(value: str) -> str | None:
    """Say what keeps `value` from being a web address; None where nothing does."""
    if is_web_address(value):
        return None
    if _WHOLE_HOST.match(value):
        return f"{value!r} holds a character that no web address has: percent-encode it, a host as xn--"
    return f"{value!r} is no web address: it must start with https:// (or http://) and a host's name"
