"""The search index: everything that has a page, in files of a bearable size."""

import json
from dataclasses import replace

import pytest

from pwc_bench.site.build import search as search_index
from pwc_bench.site.build.search import SearchEntry, search_entries, search_files
from tests.example_archive import example_archive
from tests.site.build.site_fixture import built_site


def test_every_entry_has_its_page() -> None:
    """Under the address that it names."""
    entries = list(search_entries(example_archive()))
    assert {entry.kind for entry in entries} == {
        "Task",
        "Leaderboard",
        "Dataset",
        "Model",
        "Method",
        "Paper",
        "Claimed model",
    }
    assert [entry.path for entry in entries if not (built_site() / entry.path).is_file()] == []


def test_models_without_a_page_are_found_once_on_their_largest_board() -> None:
    """However often they are claimed; one that has a page is found by that."""
    archive = example_archive()
    small, large = (replace(claim, variant=None, model="Retro-Reader") for claim in archive.all_claims[:2])
    small = replace(small, dataset="circus")
    twice = replace(large, model="retro-reader", metric="top5")
    known = replace(large, model="convit-s")
    archive = replace(archive, all_claims=(*archive.all_claims, small, large, twice, known))
    found = [entry for entry in search_entries(archive) if entry.title.lower() in {"retro-reader", "convit-s"}]
    assert [(entry.kind, entry.title, entry.path) for entry in found] == [
        ("Model", "ConViT-S", "model/convit-s/index.html"),
        ("Claimed model", "Retro-Reader", "sota/image-classification-on-imagenet/index.html"),
    ]


def test_lines_leave_out_what_follows_from_the_title() -> None:
    """And no title can break out of its line or its script."""
    entries = (
        SearchEntry("Task", "Image Classification", "task/image-classification/index.html"),
        SearchEntry("Paper", 'A\t"</script>"\u2028\nB', "paper/x/index.html", "1234.5"),
    )
    ((path, script),) = search_files(entries)
    assert path == "assets/search-index.js"
    lines, following = json.loads(f"[{script.removeprefix('pwcSearch(').removesuffix(');' + chr(10))}]")
    assert following == ""
    assert lines.split("\n") == ["0\tImage Classification\ttask/*", '5\tA "</script>" B\tpaper/x\t1234.5']


def test_a_long_index_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file names the next one; an empty index is one file."""
    monkeypatch.setattr(search_index, "ENTRIES_PER_FILE", 2)
    files = dict(search_files(SearchEntry("Task", str(n), f"task/t{n}/index.html") for n in range(5)))
    assert list(files) == ["assets/search-index.js", "assets/search-index-2.js", "assets/search-index-3.js"]
    assert '"assets/search-index-2.js"' in files["assets/search-index.js"]
    assert dict(search_files(())) == {"assets/search-index.js": 'pwcSearch("", "");\n'}
