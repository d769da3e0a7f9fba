"""Addresses: relative, explicit, and safe."""

import pytest

from pwc_bench.core.links import (
    board_path,
    dataset_path,
    model_path,
    pair_path,
    paper_path,
    relative,
    root_of,
    safe_url,
    title_search_url,
)


def test_paths_follow_the_contract() -> None:
    """Every path ends in a folder with an index.html."""
    assert board_path("image-classification", "imagenet-1k") == "sota/image-classification-on-imagenet/index.html"
    assert paper_path("convit") == "paper/convit/index.html"
    assert model_path("convit-ti-plus") == "model/convit-ti-plus/index.html"
    assert dataset_path("imagenet-1k") == "dataset/imagenet/index.html"


def test_a_name_that_no_file_system_holds_is_cut_and_told_apart() -> None:
    """One that fits keeps its address, alone or in a pair."""
    fits = "a" * 240
    assert paper_path(fits) == f"paper/{fits}/index.html"
    long = [paper_path("a" * 300), paper_path("a" * 301), board_path("t" * 130, "d" * 130), pair_path(fits, fits)]
    assert len(set(long)) == 4
    assert all(len(path.split("/")[1]) < 140 for path in long)
    assert board_path("t" * 100, "d" * 100) == f"sota/{'t' * 100}-on-{'d' * 100}/index.html"


def test_a_key_cannot_take_the_short_name_of_another() -> None:
    """A data set that really is called "imagenet" has a page of its own."""
    assert dataset_path("imagenet") != dataset_path("imagenet-1k")


@pytest.mark.parametrize(
    ("path", "target", "expected"),
    [
        ("index.html", "papers/index.html", "papers/index.html"),
        ("paper/convit/index.html", "index.html", "../../index.html"),
        ("paper/convit/index.html", "paper/deit/index.html", "../deit/index.html"),
        ("paper/convit/index.html", "paper/convit/index.html", "index.html"),
        ("paper/convit/index.html", "index.html#benchmarks", "../../index.html#benchmarks"),
        ("index.html", "index.html#benchmarks", "#benchmarks"),
    ],
)
def test_addresses_are_relative_and_name_the_file(path: str, target: str, expected: str) -> None:
    """So that they work from file:// and below any sub-path."""
    assert relative(path, target) == expected


def test_the_root_is_as_far_up_as_the_page_is_deep() -> None:
    """Two folders down, two steps up."""
    assert (root_of("index.html"), root_of("a/b/index.html")) == ("", "../../")


@pytest.mark.parametrize("address", ["https://arxiv.org/abs/1", "http://x.org", "index.csv", "../a/index.html#b"])
def test_harmless_addresses_pass(address: str) -> None:
    """Only http, https and relative ones are harmless."""
    assert safe_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "//evil.org/x", "/etc/passwd", "file:///etc/passwd", "https://", "http://[", "\\\\evil.org",
    ],
)  # fmt: skip
def test_everything_else_is_refused(address: str | None) -> None:
    """Whatever a browser could take for a script, another host or the disk."""
    assert safe_url(address) is None


def test_a_search_quotes_the_whole_title() -> None:
    """A title with an ampersand stays one argument."""
    assert title_search_url("A & B?").endswith("?query=A%20%26%20B%3F&searchtype=title")
