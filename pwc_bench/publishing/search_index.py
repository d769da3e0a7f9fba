"""The search index: script files that the search box loads when it is first used, so that it works from file:// too.

The first file holds what is few and general and the newest papers; each file names the next one. A line is
"kind, title, folder, further words" with tabs between; a folder that is the title's slug is left empty.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from pwc_bench.core.text_forms import slugify
from pwc_bench.views.search_entries import KINDS, SearchEntry

ENTRIES_PER_FILE = 5000
"""Some 120 kB compressed: quickly there, quickly read."""


_HASHED = re.compile(r"x-[0-9a-f]{8}")
"""The slug of a title without a letter of ours, which the search box does not make."""


def search_files(entries: Iterable[SearchEntry]) -> Iterator[tuple[str, str]]:
    """Yield the index's files with their paths."""
    stream, number = iter(entries), 1
    part = list(islice(stream, ENTRIES_PER_FILE))
    while True:
        further = list(islice(stream, ENTRIES_PER_FILE))
        following = _path(number + 1) if further else ""
        yield _path(number), _script(part, following)
        if not further:
            return
        part, number = further, number + 1


def _path(number: int) -> str:
    return "assets/search-index.js" if number == 1 else f"assets/search-index-{number}.js"


def _script(entries: Iterable[SearchEntry], following: str) -> str:
    lines = "\n".join(map(_line, entries))
    said = [json.dumps(text, ensure_ascii=False) for text in (lines, following)]
    return f"pwcSearch({', '.join(said)});\n".replace("\u2028", " ").replace("\u2029", " ")


def _line(entry: SearchEntry) -> str:
    folder = entry.path.removesuffix("/index.html")
    slug = slugify(entry.title)
    is_plain = folder.endswith(f"/{slug}") and not _HASHED.fullmatch(slug)
    short = f"{folder.removesuffix(slug)}*" if is_plain else folder
    fields = (str(KINDS.index(entry.kind)), entry.title, short, entry.further)
    return "\t".join(" ".join(field.split()) for field in fields).rstrip("\t")
