"""A leaderboard as files: CSV and JSON."""

import csv
import io
import json
from dataclasses import replace

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.files import board_csv, board_json
from tests.example_archive import example_archive
from tests.factories import make_claim
from tests.site.boards.boards import IMAGENET, board_of


def test_the_files_hold_what_the_page_shows(board: Board) -> None:
    """One line for each model and metric; what is missing is empty, never zero."""
    lines = list(csv.DictReader(io.StringIO(board_csv(board))))
    data = json.loads(board_json(board, "Title", IMAGENET.path))
    assert len(lines) == len(data["results"])
    found = next(line for line in data["results"] if line["variant"] == "convit-ti" and line["metric"] == "top1")
    assert (found["claim"], found["measured"], found["status"], found["verdict"]) == (
        "73.1",
        73.12,
        "complete",
        "reproduced",
    )
    assert (found["measured_low"], found["measured_high"]) == (72.78, 73.46)
    missing = next(line for line in lines if line["variant"] == "convit-s-plus" and line["metric"] == "top1")
    assert (missing["claim"], missing["measured"], missing["record"]) == ("82.2", "", "")


def test_no_spreadsheet_takes_a_strangers_words_for_a_formula() -> None:
    """A quote stands before it in the table of values; JSON, which nobody computes, keeps it."""
    claims = (
        replace(make_claim("=HYPERLINK(1)", "top1", "-0.5", "%"), conditions="@SUM(1)", source=" =A1"),
        make_claim("ConViT-S", "top1", "81.3", "%"),
    )
    archive = MemoryArchive(example_archive().catalogue, all_claims=tuple(replace(c, variant=None) for c in claims))
    found = list(csv.DictReader(io.StringIO(board_csv(board_of(archive)))))
    assert [(line["model"], line["claim"]) for line in found] == [("ConViT-S", "81.3"), ("'=HYPERLINK(1)", "-0.5")]
    assert (found[1]["claim_conditions"], found[1]["claim_source"]) == ("'@SUM(1)", "' =A1")
    assert '"=HYPERLINK(1)"' in board_json(board_of(archive), "T", "p")
