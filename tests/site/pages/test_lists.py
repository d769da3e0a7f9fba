"""What holds for every list: of tasks, leaderboards, data sets, papers and methods."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pwc_bench.core.archive import Archive, MemoryArchive
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.site.pages import datasets, methods, papers, sota, tasks
from pwc_bench.site.parts.page import Page
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.pages.shown import HOSTILE, bare_archive, html_of, text_of

LISTS = (datasets.pages, methods.pages, papers.pages, sota.pages, tasks.pages)


@pytest.mark.parametrize("pages", LISTS)
def test_a_list_of_nothing_is_one_page_that_says_so(pages: Callable[[Archive], Iterator[Page]]) -> None:
    """An empty archive still has every page of the navigation."""
    empty = MemoryArchive(replace(bare_archive().catalogue, variants={}, datasets={}, metrics={}))
    found = list(pages(empty))
    assert len(found) == 1
    assert "yet" in text_of(found[0])


@pytest.mark.parametrize("pages", LISTS)
def test_names_of_the_real_knowledge_are_listed(pages: Callable[[Archive], Iterator[Page]]) -> None:
    """Every list renders with what the package knows."""
    text = " ".join(text_of(page) for page in pages(example_archive()))
    assert any(name in text for name in ("Image Classification", "ImageNet", "GPSA", "ConViT"))


@pytest.mark.parametrize("pages", LISTS)
def test_hostile_names_stay_text(pages: Callable[[Archive], Iterator[Page]]) -> None:
    """In every list."""
    archive = replace(
        bare_archive(),
        all_papers=(Paper("p", HOSTILE, (HOSTILE,) * 20, "2021-01-01", HOSTILE, tasks=("t",), venue=HOSTILE),),
        all_tasks=(Task("t", HOSTILE, HOSTILE),),
        all_datasets=(DatasetCard("d", HOSTILE, HOSTILE, homepage="javascript:alert(1)", tasks=("t",)),),
        all_methods=(Method("m", HOSTILE, HOSTILE, HOSTILE, source_url="javascript:alert(1)"),),
        all_records=(make_record(HOSTILE, "d"),),
    )
    for page in pages(archive):
        assert "<script>alert" not in html_of(page)
        assert 'href="javascript' not in html_of(page)
