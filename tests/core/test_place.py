"""A process reads its place in the job from what torchrun sets."""

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.core.place import ALONE, Place, place_from_environment


def test_without_torchrun_a_process_is_alone() -> None:
    """No variables, half of them, or one process: alone, and the one that leads."""
    assert place_from_environment({}) == ALONE
    assert place_from_environment({"RANK": "3"}) == ALONE
    assert place_from_environment({"RANK": "0", "WORLD_SIZE": "1"}) == ALONE
    assert ALONE.is_alone
    assert ALONE.leads


def test_the_four_variables_are_read() -> None:
    """The second process of the second of two machines."""
    found = place_from_environment({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"})
    assert found == Place(3, 4, 1, 2)
    assert not found.leads


@pytest.mark.parametrize(("rank", "size"), [("4", "4"), ("-1", "2"), ("one", "2"), ("0", "many")])
def test_variables_that_cannot_be_are_refused(rank: str, size: str) -> None:
    """The message says what to do about them."""
    with pytest.raises(UsageError, match="unset"):
        place_from_environment({"RANK": rank, "WORLD_SIZE": size})
