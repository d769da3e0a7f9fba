"""What `--baseline` and `--candidate` mean: a file, a folder, a campaign, a web address or a git revision."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.places import load_catalogue, sqlite_path
from pwc_bench.core.errors import NoBaselineError, NotFoundError, StoreError, UsageError
from pwc_bench.core.files import user_path
from pwc_bench.core.record import Record
from pwc_bench.core.text_forms import is_secure, without_secrets
from pwc_bench.exchange import (
    GIT_PREFIX,
    AbsentError,
    Shelf,
    file_shelf,
    folder_shelf,
    git_shelf,
    public_path,
    reader_below,
    web_shelf,
)

if TYPE_CHECKING:
    from pwc_bench.store import Store

CAMPAIGN_PREFIX = "campaign:"
PUBLISHED = Path("results")
"""Where published records lie, relative to the current folder."""


def open_shelf(text: str, db: str) -> Shelf:
    """Open what `text` names. Raises one of PwcBenchError, one line, where there is nothing such.

    A path goes to the file or folder, `campaign:NAME` to the database `db` (`campaign:nightly-*`
    means all of these), `git:REF:PATH` to the repository around the
    current folder, an https address to the web. A plain word may be a path or a campaign; where it is both, it is
    refused.
    """
    if text.startswith(GIT_PREFIX):
        return git_shelf(text, Path())
    if text.startswith(CAMPAIGN_PREFIX):
        return _campaign(text.removeprefix(CAMPAIGN_PREFIX), db)
    if "://" in text:
        return _web(text)
    if not text:
        raise UsageError("an empty name says nothing: give a file, a folder, a campaign, git:REF:PATH or an address")
    path = user_path(text)
    if path.exists():
        if _may_be_campaign(text) and text in _campaigns(db):
            raise UsageError(f"{text!r} is a path and a campaign too: say ./{text} or {CAMPAIGN_PREFIX}{text}")
        return folder_shelf(path) if path.is_dir() else file_shelf(path)
    if _may_be_campaign(text):
        return _campaign(text, db, also="file or folder or ")
    raise NotFoundError(f"there is no file or folder {text}")


Given = str | Path | Iterable[Record] | None
"""What names a side: a text as on the command line, a path, records at hand, or None for the usual."""


def given_baseline(given: Given, db: str) -> Shelf:
    """Open a baseline. Raises NoBaselineError if it is not there or holds no record, else as `open_shelf`."""
    try:
        shelf = published_records() if given is None else _given(given, "the given baseline", db)
    except NotFoundError as error:
        raise NoBaselineError(f"no baseline: {error}") from None
    if not shelf.records:
        raise NoBaselineError(f"no baseline: {shelf.name} holds no record; give another one with --baseline")
    return shelf


def given_candidate(given: Given, db: str) -> Shelf:
    """Open a candidate. Raises as `open_shelf` and `newest_campaign`."""
    return newest_campaign(db) if given is None else _given(given, "the given candidate", db)


def _given(given: str | Path | Iterable[Record], name: str, db: str) -> Shelf:
    if isinstance(given, str):
        return open_shelf(given, db)
    if isinstance(given, Path):
        if not given.exists():
            raise NotFoundError(f"there is no file or folder {given}")
        return folder_shelf(given) if given.is_dir() else file_shelf(given)
    return Shelf(name, tuple(given), _nowhere)


def _nowhere(path: str) -> bytes:
    raise AbsentError(f"records at hand come without {path}")


def published_records() -> Shelf:
    """Open the published records. Raises NoBaselineError where there are none."""
    what_to_do = "publish some (pwc-bench export --format jsonl --output results/NAME.jsonl) or say --baseline"
    if not PUBLISHED.is_dir():
        raise NoBaselineError(f"no baseline: there is no folder {PUBLISHED}/ here; {what_to_do}")
    shelf = folder_shelf(PUBLISHED)
    if not shelf.records:
        raise NoBaselineError(f"no baseline: {PUBLISHED}/ holds no published records; {what_to_do}")
    return shelf


def newest_campaign(db: str) -> Shelf:
    """Open the campaign that began last. Raises StoreError where there is no database, UsageError where it is empty."""
    with _opened(db) as store:
        newest = next(iter(store.campaigns()), None)
        if newest is None:
            raise UsageError("the database holds no campaign yet: run `pwc-bench run` first, or say --candidate")
        return _shelf_of(store, newest.name, db)


def _web(text: str) -> Shelf:
    if text.startswith("file:"):
        raise UsageError(f"{text}: a file is named by its path, without file://")
    if not is_secure(text):
        raise UsageError(f"{without_secrets(text)} is not an https address: records are fetched over https only")
    return web_shelf(text)


def _campaign(name: str, db: str, *, also: str = "") -> Shelf:
    if also and not _has_database(db):
        raise NotFoundError(f"there is no file or folder {name}, and no database in which it could be a campaign")
    with _opened(db) as store:
        names = [campaign.name for campaign in store.campaigns()]
        if not names:
            raise NoBaselineError("the database holds no campaign yet: run `pwc-bench run` first")
        if "*" in name and (several := [each for each in names if fnmatchcase(each, name)]):
            shelves = [_shelf_of(store, each, db) for each in several]
            records = tuple(record for shelf in shelves for record in shelf.records)
            return replace(shelves[0], name=f"campaigns {name} in {_where(db)}", records=records)
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "; `pwc-bench list campaigns` names them"
            raise NotFoundError(f"there is no {also}campaign {name!r}{hint}")
        return _shelf_of(store, name, db)


def _shelf_of(store: "Store", name: str, db: str) -> Shelf:
    records = tuple(store.archive(load_catalogue()).records(campaign=name))
    return Shelf(f"campaign {name} in {_where(db)}", records, reader_below(store.folder))


def _where(db: str) -> str:
    file = sqlite_path(db)
    # A server's address may hold a password.
    return "the database" if file is None else public_path(file)


def _campaigns(db: str) -> set[str]:
    if not _has_database(db):
        return set()
    try:
        with _opened(db) as store:
            return {campaign.name for campaign in store.campaigns()}
    except StoreError:  # asked only whether a path that is there has a second meaning
        return set()


def _has_database(db: str) -> bool:
    file = sqlite_path(db)
    return file is None or file.exists()


def _may_be_campaign(text: str) -> bool:
    return "/" not in text and not text.endswith(".jsonl") and not text.startswith((".", "~"))


@contextmanager
def _opened(db: str) -> "Iterator[Store]":
    from pwc_bench.store import open_existing_store

    with open_existing_store(db) as store:
        yield store
