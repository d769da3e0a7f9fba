"""Archive -> site: every page module's pages, rendered into a folder that appears at once."""

import os
import pickle
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import LeftOutWarning
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.site.build.feeds import feed, sitemap_files
from pwc_bench.site.build.folders import (
    SiteState,
    listing_hash,
    read_state,
    replaced_folder,
    site_fingerprint,
    write_state,
)
from pwc_bench.site.build.held import HeldArchive
from pwc_bench.site.build.rendering import asset_files, card_files, templates_folder
from pwc_bench.site.build.search import search_entries, search_files
from pwc_bench.site.build.workers import Order, Share, helpers, usable_processes, write_share
from pwc_bench.site.build.writing import LeftOutPages, SiteWriter, Written
from pwc_bench.site.pages import page_kinds


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What a build left."""

    folder: Path
    pages: int
    """How many pages the site holds."""
    files: int
    """How many files in all: pages, downloads, style sheets and scripts."""
    changed: int
    """How many of them are new or other than before; the others were left as they were."""
    size_bytes: int
    """The size of all files together."""
    seconds: float
    """How long it took."""
    left_out: tuple[LeftOutPages, ...] = ()
    """What could not be made, for a fault that nobody foresaw: the next build tries again."""


def publish(
    archive: Archive,
    folder: Path,
    *,
    base_url: str | None = None,
    observer: Observer | None = None,
    processes: int | None = None,
) -> SiteReport:
    """Build the site of `archive` in `folder`, which then holds this build whole, or the one before.

    `base_url` is the address at which the site will stand: it is needed for canonical links, the feed, the sitemap and
    pictures, every other link is relative. The same archive gives the same bytes. Where neither the data nor anything
    else that the site depends on has changed, nothing is rendered. `processes`: by default as many as are worth their
    start. Raises PublishError where the folder cannot be replaced; tells a page that cannot be made by LeftOutWarning.
    """
    told = SilentObserver() if observer is None else observer
    start = time.perf_counter()
    templates = templates_folder()
    state, changed = read_state(folder), 0
    left_out: tuple[LeftOutPages, ...] = ()
    fingerprint = None if state is None else site_fingerprint(archive, templates, base_url)
    if state is None or state.fingerprint != fingerprint:
        state, changed, left_out = _build(archive, folder, fingerprint, templates, base_url, told, processes)
    for missing in left_out:
        warnings.warn(f"left out of the site, {missing.what}: {missing.reason}", LeftOutWarning, stacklevel=2)
    seconds = time.perf_counter() - start
    return SiteReport(folder, state.pages, state.files, changed, state.size_bytes, seconds, left_out)


def _build(
    archive: Archive,
    folder: Path,
    fingerprint: str | None,
    templates: Path,
    base_url: str | None,
    observer: Observer,
    processes: int | None,
) -> tuple[SiteState, int, tuple[LeftOutPages, ...]]:
    held = HeldArchive(archive)
    old = folder.resolve() if folder.is_dir() else None
    with replaced_folder(folder) as draft:
        order = Order(archive, draft, old, templates, base_url, Share(), os.getpid())
        count = usable_processes(held, processes)
        shares = [Share(index, count) for index in range(count if _can_travel(order) else 1)]
        if len(shares) == 1:
            shares = [Share()]
        with helpers(len(shares) - 1) as others:
            # Before anybody reads for the pages: what changes meanwhile makes the next build begin anew.
            fingerprint = fingerprint or site_fingerprint(archive, templates, base_url)
            for other, share in zip(others, shares[1:], strict=True):
                other.send(replace(order, share=share))
            written = _own_part(held, replace(order, share=shares[0]), observer)
            for other in others:
                written.add(other.result())
        _write_once_for_all(held, replace(order, share=shares[0]), written)
        state = SiteState(
            fingerprint="" if written.left_out else fingerprint,
            listing=listing_hash(written.sizes),
            pages=len(written.pages),
            files=len(written.sizes),
            size_bytes=sum(written.sizes.values()),
        )
        write_state(draft, state)
    return state, written.changed, tuple(written.left_out)


def _own_part(archive: HeldArchive, order: Order, observer: Observer) -> Written:
    """Write what stands once in a site, then this process's share of the pages."""
    writer = SiteWriter(order.draft, order.old)
    for path, content in asset_files(order.templates):
        writer.write(path, content)
    for path, script in search_files(search_entries(archive)):
        writer.write(path, script)
    write_share(archive, writer, order.templates, order.base_url, order.share, observer)
    return writer.written


def _write_once_for_all(archive: HeldArchive, order: Order, written: Written) -> None:
    """Write what is about the site as a whole: feed, sitemap, and pictures where they can have an address."""
    writer = SiteWriter(order.draft, order.old, written)
    writer.write("feed.xml", feed(archive, order.base_url))
    for path, listing in sitemap_files(tuple(written.pages), order.base_url):
        writer.write(path, listing)
    if order.base_url is not None:
        for path, picture in card_files(kind.template for kind in page_kinds()):
            writer.write(path, picture)


def _can_travel(order: Order) -> bool:
    """Tell whether another process can be told: a variant of one's own may hold a function that has no name."""
    try:
        pickle.dumps(order)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True
