"""The search index: script files that the search box loads when it is first used, so that it works from file:// too.

The first file holds what is few and general and the newest papers; each file names the next one. A line is
"kind, title, folder, further words" with tabs between; a folder that is the title's slug is left empty.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pwc_bench.claims.naming import BoardKey, Names, all_tasks, board_keys, dataset_topics, titled_board
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import method_path, paper_path, task_path
from pwc_bench.core.text_forms import slugify

KINDS = ("Task", "Leaderboard", "Dataset", "Model", "Method", "Paper", "Claimed model")
"""In the order in which entries are listed: what is few and general first, papers, which are many, last."""


_MOST_AUTHORS = 10
"""Of a paper with more of them the others are not found: a few papers have thousands."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One page that search leads to; of a claimed model, which has none, the leaderboard on which it stands."""

    kind: str
    """One of KINDS."""
    title: str
    path: str
    """Relative to the site's root, ending in index.html."""
    further: str = ""
    """Words under which it is found too: a method's full name, a paper's arXiv number and its authors."""


def search_entries(archive: Archive) -> Iterator[SearchEntry]:
    """Yield every entry, papers newest first."""
    names = Names.of(archive)
    tasks = all_tasks(archive)
    titles = {task.slug: task.title for task in tasks}
    for task in tasks:
        yield SearchEntry("Task", task.title, task_path(task.slug))
    boards = board_keys(archive)
    for key in boards:
        yield SearchEntry("Leaderboard", titled_board(titles, key, names), key.path)
    for topic in dataset_topics(archive):
        yield SearchEntry("Dataset", topic.title, names.dataset_path(topic.key))
    yield from _models(archive, names, boards)
    for method in archive.methods():
        further = "" if method.full_name == method.title else method.full_name
        yield SearchEntry("Method", method.title, method_path(method.slug), further)
    for paper in archive.papers():
        yield SearchEntry("Paper", paper.title, paper_path(paper.slug), _further_words(paper))


def _models(archive: Archive, names: Names, boards: Sequence[BoardKey]) -> Iterator[SearchEntry]:
    """Yield the models with a page of their own, then those that are only claimed: each once, by its largest board."""
    records = {record.variant: record for record in archive.records()}
    claimed = {claim.variant for claim in archive.claims() if claim.variant is not None}
    declared = archive.catalogue.variants
    titles = {
        key: names.variant(key, records.get(key))
        for key in (*declared, *sorted((records.keys() | claimed) - declared.keys()))
    }
    for key, title in titles.items():
        yield SearchEntry("Model", title, names.model_path(key))
    seen = {title.casefold() for title in titles.values()}
    places = {key: place for place, key in enumerate(boards)}
    found: dict[str, tuple[int, str]] = {}
    for claim in archive.claims():
        name = claim.model.casefold()
        if claim.variant is None and name not in seen:
            place = places[BoardKey(claim.task, claim.dataset)]
            if name not in found or place < found[name][0]:
                found[name] = place, claim.model
    for place, title in sorted(found.values()):
        yield SearchEntry("Claimed model", title, boards[place].path)


def _further_words(paper: Paper) -> str:
    return " ".join((*((paper.arxiv,) if paper.arxiv else ()), *paper.authors[:_MOST_AUTHORS]))


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
