"""Where pages lie, and relative addresses between them that also work from file:// and under any sub-path."""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pwc_bench.core.text_forms import shortened, slugify

_DATASET_SLUGS = {"imagenet-1k": "imagenet"}
"""Data sets that people know under a shorter name than their key. Slugs are addresses: they never change."""

_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_PLAIN = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9._~/-]*)?")
"""What most addresses are made of: nothing in them needs a closer look."""


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere."""

    text: str
    href: str


@lru_cache(maxsize=100_000)
def path_name(key: str) -> str:
    """Return the name of what has the slug or key `key` in addresses."""
    return shortened(slugify(key))


def dataset_slug(key: str) -> str:
    """Return the name of a data set in addresses; a key that would take another one's short name is told apart."""
    slug = slugify(key)
    return _DATASET_SLUGS.get(key, f"{slug}-key" if slug in _DATASET_SLUGS.values() else slug)


def board_slug(task: str, dataset: str) -> str:
    """Return the name of a leaderboard: "image-classification-on-imagenet"."""
    return shortened(f"{slugify(task)}-on-{dataset_slug(dataset)}")


def board_folder(task: str, dataset: str) -> str:
    """Return the folder of a leaderboard relative to the site's root, without a closing slash."""
    return f"sota/{board_slug(task, dataset)}"


def board_path(task: str, dataset: str) -> str:
    """Return the path of a leaderboard's page."""
    return f"{board_folder(task, dataset)}/index.html"


def paper_path(slug: str) -> str:
    """Return the path of a paper's page."""
    return f"paper/{path_name(slug)}/index.html"


def task_path(slug: str) -> str:
    """Return the path of a task's page."""
    return f"task/{path_name(slug)}/index.html"


def dataset_path(key: str) -> str:
    """Return the path of a data set's page."""
    return f"dataset/{shortened(dataset_slug(key))}/index.html"


def method_path(slug: str) -> str:
    """Return the path of a method's page."""
    return f"method/{path_name(slug)}/index.html"


def model_path(variant: str) -> str:
    """Return the path of a variant's page."""
    return f"model/{path_name(variant)}/index.html"


def pair_path(first: str, second: str) -> str:
    """Return the path of the page that compares two variants, in the order given."""
    return f"compare/{shortened(f'{slugify(first)}-vs-{slugify(second)}')}/index.html"


def record_path(record_id: str) -> str:
    """Return the path of a record's page."""
    return f"record/{record_id}/index.html"


def told_apart(keys: Iterable[str], path_of: Callable[[str], str]) -> dict[str, str]:
    """Return, of each key whose page would lie where an earlier one's does, the name for addresses: it has a hash."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for key in keys:
        path = path_of(key)
        if path in taken:  # two keys that differ in punctuation only
            found[key] = f"{key} {hashlib.sha256(key.encode()).hexdigest()[:8]}"
            path = path_of(found[key])
        taken.add(path)
    return found


def root_of(path: str) -> str:
    """Return how the page at `path` writes the site's root: "" at the top, "../../" two folders down."""
    return "../" * path.count("/")


def relative(path: str, target: str) -> str:
    """Return the address of `target` as written on the page at `path`; both are relative to the site's root."""
    if (
        path.partition("/")[0] != target.partition("/")[0] and "/" in path
    ):  # nothing shared: most links, and the fastest way
        return "../" * path.count("/") + target
    name, mark, fragment = target.partition("#")
    if name in {"", path}:
        return f"{mark}{fragment}" if mark else posixpath.basename(path)
    return _up_and_down(posixpath.dirname(path), name) + mark + fragment


def _up_and_down(folder: str, target: str) -> str:
    """Return the way from a folder to a file: up to where both ways part, and down. Neither holds "." or ".."."""
    start, way = folder.split("/") if folder else [], target.split("/")
    shared = 0
    for here, there in zip(start, way[:-1], strict=False):
        if here != there:
            break
        shared += 1
    return "../" * (len(start) - shared) + "/".join(way[shared:])


def safe_url(address: str | None) -> str | None:
    """Return an address from data where it is http, https or relative to this site; None for everything else."""
    if address and _PLAIN.fullmatch(address):
        return address
    if not address or _CONTROL.search(address) or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in {"http", "https"}:
        return address if parts.hostname else None
    is_relative = not parts.scheme and not parts.netloc and not address.startswith("/")
    return address if is_relative else None


def title_search_url(title: str) -> str:
    """Return the address of arXiv's search for a title: for papers whose own address is not known."""
    return f"https://arxiv.org/search/?query={quote(title, safe='')}&searchtype=title"
