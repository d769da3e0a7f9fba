"""How much a reader downloads: a leaderboard with all that it links, and all JavaScript together."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pwc_bench.site.build import publish
from pwc_bench.site.build.rendering import asset_files, templates_folder
from tests.board_archive import BOARD, board_archive

KIB = 1024


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a leaderboard of 150 models, twelve of them measured."""
    site = tmp_path_factory.mktemp("sizes") / "site"
    publish(board_archive(150, measured=12), site)
    return site / BOARD / "index.html"


def packed(content: bytes) -> int:
    """The bytes that travel."""
    return len(gzip.compress(content, 9, mtime=0))


def linked(page: Path) -> Iterator[Path]:
    """The style sheets and scripts that a page loads."""
    for link in re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', page.read_text()):
        yield (page.parent / link).resolve()


def test_a_leaderboard_of_150_rows_takes_28_kilobytes(board: Path) -> None:
    """With its chart, style and scripts, gzipped; every file that it links counts."""
    parts = {file.name: packed(file.read_bytes()) for file in (board, *linked(board))}
    assert {"index.html", "style.css", "board.js"} <= set(parts)
    assert board.read_text().count('scope="row"') == 150
    assert sum(parts.values()) <= 28_000, parts


def test_all_scripts_together_take_13_kilobytes(board: Path) -> None:
    """Whatever page loads them. The thirteenth carries the chosen machine from page to page."""
    scripts = {path: packed(content) for path, content in asset_files(templates_folder()) if path.endswith(".js")}
    assert len(scripts) >= 2
    assert sum(scripts.values()) <= 13 * KIB, scripts


def test_scripts_and_styles_lose_what_only_their_readers_need() -> None:
    """Comments, ends of lines and spaces."""
    served = dict(asset_files(templates_folder()))
    assert b"/*" not in served["assets/style.css"]
    assert b"{display:grid" in served["assets/style.css"]
    assert b"\n//" not in served["assets/board.js"]
    for name, content in served.items():
        source = (templates_folder() / name).read_bytes()
        assert len(content) <= len(source)
        assert name.endswith((".css", ".js")) or content == source


@pytest.mark.parametrize("file", sorted((templates_folder() / "assets").glob("*.js")), ids=lambda file: file.name)
def test_no_script_has_a_template_within_a_template(file: Path) -> None:
    """What strips scripts takes the inner one's text for code, and its spaces away."""
    assert re.findall(r"\$\{[^{}`]*`", file.read_text()) == []
