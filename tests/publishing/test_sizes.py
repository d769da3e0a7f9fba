"""How much a reader downloads: a leaderboard with all that it links, and all JavaScript together."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pwc_bench.publishing import publish
from pwc_bench.publishing.rendering import asset_files, templates_folder
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


def test_a_leaderboard_of_150_rows_takes_25_kilobytes(board: Path) -> None:
    """With its chart, style and scripts, gzipped; every file that it links counts."""
    parts = {file.name: packed(file.read_bytes()) for file in (board, *linked(board))}
    assert {"index.html", "style.css", "board.js"} <= set(parts)
    assert board.read_text().count('scope="row"') == 150
    assert sum(parts.values()) <= 25 * KIB, parts


def test_all_scripts_together_take_12_kilobytes(board: Path) -> None:
    """Whatever page loads them."""
    scripts = {path: packed(content) for path, content in asset_files(templates_folder()) if path.endswith(".js")}
    assert len(scripts) >= 2
    assert sum(scripts.values()) <= 12 * KIB, scripts


def test_what_is_stripped_from_scripts_and_styles_is_no_code() -> None:
    """No text runs over the end of a line, and no line of code begins with what looks like a comment."""
    for file in (templates_folder() / "assets").iterdir():
        if file.suffix == ".js":
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                assert line.count("`") % 2 == 0, f"{file.name}:{number}: a text over several lines would be changed"
                assert "/*" not in line, f"{file.name}:{number}: write comments with //"
        if file.suffix == ".css":
            texts = re.findall(r'"[^"\n]*"', file.read_text())
            assert [text for text in texts if "/*" in text or re.search("[{};]", text)] == [], file.name
    served = dict(asset_files(templates_folder()))
    assert b"\n//" not in served["assets/board.js"]
    assert b"/*" not in served["assets/style.css"]
    assert b"{display: grid" in served["assets/style.css"]
    assert b"overflow: hidden}" in served["assets/style.css"]
