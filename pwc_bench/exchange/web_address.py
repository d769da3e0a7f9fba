"""What counts as a web address in files that strangers write."""

import re
from urllib.parse import urlsplit

__all__ = ["address_complaint", "is_web_address"]

_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_FOREIGN = re.compile(r"[\s<>\"'`\\\x00-\x1f]")


def is_web_address(value: str) -> bool:
    """Tell whether `value` is an http or https address without a user's name, and safe in a page."""
    return address_complaint(value) is None


def address_complaint(value: str) -> str | None:
    """Say what keeps `value` from being a web address; None where nothing does."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or parts.username is not None:
        return f"{value!r} is no web address: it must start with https:// (or http://) and a host's name"
    if _FOREIGN.search(value):
        return f"{value!r} holds a character that no web address has: percent-encode it"
    return None
