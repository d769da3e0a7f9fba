"""For machines that follow a site: an Atom feed of the newest campaigns, and a sitemap."""

import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Archive, Campaign
from pwc_bench.core.links import record_path
from pwc_bench.core.text_forms import writable
from pwc_bench.site.parts.frame import SITE_LINE, SITE_TITLE

ADDRESSES_PER_SITEMAP = 50_000
"""As many as the sitemap protocol allows."""
_MOST_ENTRIES = 30
_MOST_RECORDS = 20
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = uuid.UUID("6f0d2c1e-3a56-5f0b-9d0e-6d1f7f1d0c55")
"""The name space of the feed's ids, which stay the same wherever the site stands."""
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


def feed(archive: Archive, base_url: str | None) -> str:
    """Return the feed of the newest campaigns; without `base_url` its links are relative to the feed itself."""
    names = Names.of(archive)
    campaigns = list(islice(archive.campaigns(), _MOST_ENTRIES))
    updated = campaigns[0].started if campaigns else _newest_paper(archive)
    entries = "".join(_entry(archive, names, campaign, base_url) for campaign in campaigns)
    alone = f'<link rel="self" href={quoteattr(_address("feed.xml", base_url))}/>\n' if base_url else ""
    return writable(
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{SITE_TITLE}</title>\n<subtitle>{escape(SITE_LINE)}</subtitle>\n"
        f"<id>{uuid.uuid5(_SPACE, base_url or 'feed').urn}</id>\n"
        f"<link href={quoteattr(_address('index.html', base_url))}/>\n{alone}"
        f"<updated>{escape(updated)}</updated>\n<author><name>{SITE_TITLE}</name></author>\n{entries}</feed>\n"
    )


def _newest_paper(archive: Archive) -> str:
    """Return when the newest paper appeared, for a feed without entries: Atom asks for a moment. Without one: 1970."""
    day = next((paper.date for paper in archive.papers()), "") or "1970"
    whole = day + "-01-01"[len(day) - 4 :]  # of some papers only the year or the month is known
    return f"{whole}T00:00:00Z"


def _entry(archive: Archive, names: Names, campaign: Campaign, base_url: str | None) -> str:
    records = list(islice(archive.records(campaign=campaign.name), _MOST_RECORDS))
    lines = "".join(
        f"<li><a href={quoteattr(_address(record_path(record.id), base_url))}>"
        f"{escape(f'{names.record(record)}: {names.setting(record)}')}</a></li>"
        for record in records
    )
    more = campaign.records - len(records)
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    link = _address(record_path(records[0].id) if records else "index.html", base_url)
    counted = f"{campaign.records:,} record{'' if campaign.records == 1 else 's'}"
    return (
        f"<entry>\n<title>{escape(campaign.name)}: {counted}</title>\n"
        f"<id>{uuid.uuid5(_SPACE, f'campaign {campaign.name}').urn}</id>\n<link href={quoteattr(link)}/>\n"
        f"<updated>{escape(campaign.started)}</updated>\n"
        f'<content type="html">{escape(f"<ul>{lines}</ul>{rest}")}</content>\n</entry>\n'
    )


def sitemap_files(pages: Iterable[str], base_url: str | None) -> Iterator[tuple[str, str]]:
    """Yield the sitemap with its path, in several files where the pages are many.

    A sitemap's addresses must be whole ones; without `base_url` they are relative, and the file says so.
    """
    paths = sorted(path for path in pages if path != "404.html")
    note = "" if base_url else "<!-- built without a base address: these are relative to the site's root -->\n"
    if len(paths) <= ADDRESSES_PER_SITEMAP:
        yield "sitemap.xml", _listing("urlset", "url", paths, base_url, note)
        return
    names: list[str] = []
    for start in range(0, len(paths), ADDRESSES_PER_SITEMAP):
        names.append(f"sitemap-{len(names) + 1}.xml")
        yield names[-1], _listing("urlset", "url", paths[start : start + ADDRESSES_PER_SITEMAP], base_url, note)
    yield "sitemap.xml", _listing("sitemapindex", "sitemap", names, base_url, note)


def _listing(kind: str, item: str, paths: Iterable[str], base_url: str | None, note: str) -> str:
    lines = "".join(f"<{item}><loc>{escape(_address(path, base_url))}</loc></{item}>\n" for path in paths)
    return writable(f'{_HEAD}{note}<{kind} xmlns="{_SCHEMA}">\n{lines}</{kind}>\n')


def _address(path: str, base_url: str | None) -> str:
    return path if base_url is None else f"{base_url.rstrip('/')}/{path.removesuffix('index.html')}"
