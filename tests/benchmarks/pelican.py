"""The peer of the site's builder: Pelican, on articles as large as our pages. It is not among our dependencies.

`python -m pip install pelican` beside pwc-bench lets the benchmark find it; without it, that part is left out.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

__all__ = ["build", "is_installed", "lay_out"]

_CONFIGURATION = """
PATH = "content"; OUTPUT_PATH = "output"; SITENAME = "Peer"; SITEURL = ""; TIMEZONE = "UTC"; THEME = "simple"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
DIRECT_TEMPLATES = []; TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""; DEFAULT_PAGINATION = False
ARTICLE_SAVE_AS = "paper/{slug}/index.html"; ARTICLE_URL = "paper/{slug}/"
"""
"""Articles alone, in its smallest theme: no feeds, lists, tags or authors."""
_CONTENT = re.compile(r'<script type="application/ld\+json">.*?</script>|(?<=<body>).*(?=</body>)', re.DOTALL)
_TOOK = re.compile(r"in\s+([0-9.]+)\s+seconds")


def is_installed() -> bool:
    """Tell whether there is a Pelican."""
    return find_spec("pelican") is not None


def lay_out(folder: Path, pages: Sequence[Path]) -> None:
    """Write an article for each of our `pages`, with what stands on it: HTML, the quickest that Pelican reads."""
    (folder / "content").mkdir(parents=True)
    (folder / "pelicanconf.py").write_text(_CONFIGURATION, encoding="utf-8")
    for number, page in enumerate(pages):
        content = "".join(_CONTENT.findall(page.read_text(encoding="utf-8")))
        head = f'<title>Paper {number}</title><meta name="date" content="2020-01-01 10:00"/>'
        article = f"<html><head>{head}</head><body>{content}</body></html>"
        (folder / "content" / f"{number}.html").write_text(article, encoding="utf-8")


def build(folder: Path, *, afresh: bool) -> float:
    """Return the seconds that Pelican says it took, which leave its start out. Raises RuntimeError where it failed."""
    if afresh:
        shutil.rmtree(folder / "output", ignore_errors=True)
        os.sync()
    command = [sys.executable, "-m", "pelican", "-s", "pelicanconf.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    took = _TOOK.search(done.stdout + done.stderr)
    if done.returncode != 0 or took is None:
        raise RuntimeError(f"pelican: {(done.stderr.strip().splitlines() or ['said nothing'])[-1]}")
    return float(took[1])
