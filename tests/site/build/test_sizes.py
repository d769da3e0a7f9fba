"""How much a reader downloads: a leaderboard with all that it links, and all JavaScript together."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pwc_bench.site.build import publish
from pwc_bench.site.build.compiling import lean_script
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


def test_what_is_stripped_from_scripts_and_styles_is_no_code() -> None:
    """Texts of a style sheet hold nothing that is stripped; scripts lose comments, ends of lines and spaces."""
    for file in (templates_folder() / "assets").glob("*.css"):
        texts = re.findall(r'"[^"\n]*"', file.read_text())
        assert [text for text in texts if "/*" in text or re.search("[{};]", text)] == [], file.name
    served = dict(asset_files(templates_folder()))
    assert b"/*" not in served["assets/style.css"]
    assert b"{display: grid" in served["assets/style.css"]
    assert b"overflow: hidden}" in served["assets/style.css"]
    assert b"\n//" not in served["assets/board.js"]
    assert served["assets/board.js"].startswith(b"(()=>{let ")


@pytest.mark.parametrize(
    ("source", "lean"),
    [
        ('"use strict";\nconst a = "const";', 'let a="const";\n'),
        ("a = b + c; // the board's\n  return  d\n", "a=b+c;return d\n"),
        ('const a = "x  = // y",\n  b = \'"\';\n', 'let a="x  = // y",b=\'"\';\n'),
        ("f(`${n} of ${a ? `${b} x ` : {c: 1}} z  `, 1);", "f(`${n} of ${a?`${b} x `:{c:1}} z  `,1);\n"),
        ('return /[",  /]{2} \\/ x/.test(a) ? a / b : c / d;', 'return/[",  /]{2} \\/ x/.test(a)?a/b:c/d;\n'),
        ("a\n  .b(c)\n  && d;\nx - -y;", "a.b(c)&&d;x- -y;\n"),
        ("if (a) {\n  b();\n}\nc();\nelse\nd", "if(a){b()}\nc();else\nd\n"),
    ],
)
def test_a_lean_script_means_the_same(source: str, lean: str) -> None:
    """Texts, templates within templates and regular expressions stay; what tells two words apart stays."""
    assert lean_script(source) == lean
    assert lean_script(lean) == lean


@pytest.mark.parametrize("source", ["f(`a ${b}", 'a = "b\n"'])
def test_what_is_no_script_is_told(source: str) -> None:
    """A text or a template without an end stops the build rather than break a page."""
    with pytest.raises(ValueError, match="without an end"):
        lean_script(source)
