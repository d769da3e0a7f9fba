"""The papers of the archive's rows."""

import pytest

from pwc_bench.core.knowledge import Paper, Repository
from pwc_bench.exchange.pwc_archive import Names
from pwc_bench.exchange.pwc_archive.papers import RowPapers
from tests.exchange.pwc_archive.test_tables import claims_of, read, table

CODE = "https://github.com/ada/net"


@pytest.mark.parametrize(
    ("title", "url", "slug", "shown"),
    [
        ("Deep Nets", "", "deep-nets", "Deep Nets"),
        ("", "https://arxiv.org/pdf/2104.09376v2", "arxiv-2104-09376", "arXiv 2104.09376"),
        ("http://arxiv.org/abs/2104.09376", "", "arxiv-2104-09376", "arXiv 2104.09376"),
        ("https://www.senseforth.ai/", "https://www.senseforth.ai/", "senseforth-ai", "senseforth.ai"),
        (") https://x.org/a/b", ") https://x.org/a/b", "x-org-a-b", "x.org/a/b"),
        ("", "https://openreview.net/forum?id=r1#top", "openreview-net-forum-id-r1", "openreview.net/forum?id=r1"),
        ("", "", "github-com-ada-net", "github.com/ada/net"),
    ],
)
def test_a_paper_has_a_name_whatever_the_row_says(title: str, url: str, slug: str, shown: str) -> None:
    """Its title, else its arXiv number, else where it lies, else where its code does; never "http"."""
    row = {"paper_title": title, "paper_url": url, "code_links": [{"title": "", "url": CODE}, {"url": ""}, None]}
    found = RowPapers(Names()).of(row, None)
    assert (found.slug, found.title, found.repositories) == (slug, shown, (Repository(CODE),))


def test_long_addresses_stay_apart() -> None:
    """What they share may be all that fits into a slug."""
    rows = [{"paper_url": f"https://example.org/{'a' * 100}/{number}"} for number in (1, 2)]
    slugs = {RowPapers(Names()).of(row, None).slug for row in rows}
    assert len(slugs) == 2
    assert all(len(slug) < 100 for slug in slugs)


def test_code_and_dates_are_taken_over() -> None:
    """Of all rows of a paper; what a table of results dates is the result, and the arXiv number dates the paper."""
    first = {
        "model_name": "A",
        "paper_url": "https://arxiv.org/abs/1706.02216",
        "paper_date": "2021-04-06",
        "code_links": [{"url": CODE}],
        "metrics": {"m": "1"},
    }
    second = first | {"model_name": "B", "code_links": [{"url": CODE + "2"}]}
    bare = {"model_name": "C", "paper_date": "2020-01-02", "metrics": {"m": "2"}}
    (part,), _ = read(table(first, second, bare))
    (paper,) = part.papers
    assert (paper.date, paper.arxiv) == ("2017-06", "1706.02216")
    assert [code.url for code in paper.repositories] == [CODE, CODE + "2"]
    assert [claim.evaluated_on for claim in part.claims] == ["2021-04-06", "2021-04-06", "2020-01-02"]
    assert part.claims[2].paper == "pwc-archive"
    titled, _ = read(table(first | {"paper_title": "Net"}))
    assert (titled[0].papers[0].date, claims_of(titled)[0].evaluated_on) == ("2021-04-06", None)


def test_a_second_import_says_the_same() -> None:
    """What the first one brought is known then, and described again: nothing of it is forgotten."""
    row = {"model_name": "A", "paper_title": "Net", "paper_url": "https://arxiv.org/abs/1706.02216"}
    described: list[tuple[Paper, ...]] = []
    for names in (Names(), Names(papers={"net": "net", "1706.02216": "net"})):
        (part,), _ = read(table(row), names)
        described.append(part.papers)
    assert described[0] == described[1] != ()
