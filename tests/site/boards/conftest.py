"""What several tests of views look at."""

import pytest

from pwc_bench.site.boards.board import Board
from tests.example_archive import example_archive
from tests.site.boards.boards import board_of


@pytest.fixture(scope="session")
def board() -> Board:
    """The example's ImageNet board."""
    return board_of(example_archive())
