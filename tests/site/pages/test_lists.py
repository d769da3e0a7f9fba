"""What holds for every list: of tasks, leaderboards, data sets, papers and methods."""

from dataclasses import replace
from typing import Any

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.site.pages.dataset import DatasetListPages
from pwc_bench.site.pages.method import MethodListPages
from pwc_bench.site.pages.paper import PaperListPages
from pwc_bench.site.pages.sota import SotaPages
from pwc_bench.site.pages.task import TaskListPages
from pwc_bench.site.parts.page import PageKind
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.pages.shown import HOSTILE, bare_archive, html_of, made_by, text_of

LISTS = (DatasetListPages, MethodListPages, PaperListPages, SotaPages, TaskListPages)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_nothing_is_one_page_that_says_so(kind: type[PageKind[Any]]) -> None:
    """An empty archive still has every page of the navigation."""
    empty = MemoryArchive(replace(bare_archive().catalogue, variants={}, datasets={}, metrics={}))
    found = list(made_by(kind, empty))
    assert len(found) == 1
    assert "yet" in text_of(found[0])


@pytest.mark.parametrize("kind", LISTS)
def test_names_of_the_real_knowledge_are_listed(kind: type[PageKind[Any]]) -> None:
    """Every list renders with what the package knows."""
    text = " ".join(text_of(page) for page in made_by(kind, example_archive()))
    assert any(name in text for name in ("Image Classification", "ImageNet", "GPSA", "ConViT"))


@pytest.mark.parametrize("kind", LISTS)
def test_hostile_names_stay_text(kind: type[PageKind[Any]]) -> None:
    """In every list."""
    archive = replace(
        bare_archive(),
        all_papers=(Paper("p", HOSTILE, (HOSTILE,) * 20, "2021-01-01", HOSTILE, tasks=("t",), venue=HOSTILE),),
        all_tasks=(Task("t", HOSTILE, HOSTILE),),
        all_datasets=(DatasetCard("d", HOSTILE, HOSTILE, homepage="javascript:alert(1)", tasks=("t",)),),
        all_methods=(Method("m", HOSTILE, HOSTILE, HOSTILE, source_url="javascript:alert(1)"),),
        all_records=(make_record(HOSTILE, "d"),),
    )
    for page in made_by(kind, archive):
        assert "<script>alert" not in html_of(page)
        assert 'href="javascript' not in html_of(page)
