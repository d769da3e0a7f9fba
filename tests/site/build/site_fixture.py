"""The example's site, built once for all tests that only look at it."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pwc_bench.site.build import publish
from tests.example_archive import example_archive

__all__ = ["built_site", "page_kinds"]


@cache
def built_site() -> Path:
    """Return the folder of the example's site."""
    folder = Path(mkdtemp(prefix="pwc-bench-test-site-")) / "site"
    publish(example_archive(), folder)
    return folder


def page_kinds() -> list[str]:
    """Return the path of one page of every kind, and of a leaderboard and its demo."""
    site = built_site()
    kinds = [
        "index.html",
        "404.html",
        "sota/image-classification-on-imagenet/index.html",
        "sota/image-classification-on-demo/index.html",
        "paper/convit/index.html",
        "model/convit-s/index.html",
        "task/image-classification/index.html",
        "dataset/imagenet/index.html",
        "method/gpsa/index.html",
        f"record/{next(iter(sorted((site / 'record').iterdir()))).name}/index.html",
    ]
    lists = ("papers", "sota", "tasks", "datasets", "methods", "submit", "about", "compare")
    pairs = sorted(str(path.relative_to(site)) for path in site.glob("compare/*/index.html"))
    return [*kinds, *(f"{name}/index.html" for name in lists), *pairs[:1]]
