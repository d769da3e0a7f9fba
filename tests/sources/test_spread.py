"""A limit takes images spread evenly over the whole, so that many classes stay in."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.sources import open_source, spread
from tests.sources.storage import IMAGENET, write_files


def test_the_chosen_images_are_evenly_spread(tmp_path: Path) -> None:
    """Image i of n is image i*total//n of the whole, and its bytes are those."""
    written = write_files(tmp_path, [f"{class_id}/{n}.JPEG" for class_id in IMAGENET.classes[:5] for n in range(2)])
    source = open_source(str(tmp_path), IMAGENET)
    part = spread(source, 4)
    assert list(part.items) == [source.items[index] for index in (0, 2, 5, 7)]
    assert [part.read(index) for index in range(4)] == [written[item.name] for item in part.items]
    assert part.spec == source.spec
    part.close()


def test_a_limit_above_the_whole_is_the_whole(tmp_path: Path) -> None:
    """Nothing is repeated."""
    write_files(tmp_path, [f"{IMAGENET.classes[0]}/a.JPEG"])
    source = open_source(str(tmp_path), IMAGENET)
    assert spread(source, 1) is source
    assert spread(source, 50) is source


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(tmp_path: Path, limit: int) -> None:
    """Nothing can be measured on no images."""
    write_files(tmp_path, [f"{IMAGENET.classes[0]}/a.JPEG"])
    with pytest.raises(UsageError, match="give at least 1"):
        spread(open_source(str(tmp_path), IMAGENET), limit)
