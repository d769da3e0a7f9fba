"""Which web addresses may be fetched, and how one is named where others read it."""

from urllib.parse import urlsplit, urlunsplit

__all__ = ["is_secure", "without_secrets"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_secure(address: str) -> bool:
    """Tell whether `address` is an https one, or a plain one of this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket without its end, letters that become "/"
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def without_secrets(address: str) -> str:
    """Return `address` without user, password, query and fragment, which may hold keys."""
    try:
        parts = urlsplit(address)
    except ValueError:  # nobody can tell where in it a secret stands
        scheme = address.partition("://")[0]
        return f"{scheme}://\N{HORIZONTAL ELLIPSIS}"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
