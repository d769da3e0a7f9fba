"""Which pass comes first, and what of the image a crop needs."""

import pytest

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.exact_resize.apply import PassOrder, plan_crop

RECIPE = Recipe(key="exact-40-32", resize_px=40, crop_px=32)


@pytest.mark.parametrize(
    ("size_px", "resized_px", "rules"),
    [
        ((80, 160), (40, 80), []),
        ((80, 161), (40, 80), [PassOrder.BY_REDUCTION]),
        ((40, 50), (40, 40), [PassOrder.BY_REDUCTION]),
        ((20, 60), (40, 120), []),
        ((3, 300), (5, 299), [PassOrder.BY_REDUCTION]),
        ((3, 301), (5, 299), [PassOrder.BY_REDUCTION, PassOrder.BY_HEIGHT]),
        ((3, 301), (40, 4013), []),
    ],
)
def test_each_pillow_orders_its_passes_in_its_own_way(
    size_px: tuple[int, int], resized_px: tuple[int, int], rules: list[PassOrder]
) -> None:
    """Pillow 13 looks at what is lost, 12.2 at how tall an image is, and those before run horizontally first."""
    assert [rule for rule in PassOrder if rule.is_vertical_first(size_px, resized_px)] == rules


def test_a_crop_reads_only_what_it_needs() -> None:
    """Of a very wide image the middle columns, of a very tall one the middle rows."""
    wide = plan_crop((4000, 80), RECIPE, PassOrder.BY_REDUCTION)
    tall = plan_crop((80, 4000), RECIPE, PassOrder.HORIZONTAL)
    first, behind = wide.across.span
    assert (first, behind) == tall.lines
    assert behind - first == 2 * 32 + 6
    assert 1900 < first < behind < 2100


def test_the_first_pass_of_a_tall_image_runs_down_the_columns_of_the_crop() -> None:
    """With the vertical pass first, its lines are the columns that the crop needs."""
    plan = plan_crop((80, 4000), RECIPE, PassOrder.BY_REDUCTION)
    assert plan.is_vertical_first
    assert plan.first_pass is plan.down
    assert plan.lines == plan.across.span


def test_a_side_that_keeps_its_length_is_copied() -> None:
    """One tap of weight one for each sample."""
    plan = plan_crop((40, 60), RECIPE, PassOrder.BY_REDUCTION)
    assert plan.across.weights.shape == (32, 1)
    assert plan.across.span == (4, 36)


def test_what_lies_beyond_the_image_has_no_weight() -> None:
    """A crop larger than the resized image has a black border on both sides."""
    plan = plan_crop((20, 20), Recipe(key="small", resize_px=10, crop_px=13), PassOrder.BY_REDUCTION)
    is_blank = (plan.across.weights == 0).all(axis=1)
    assert is_blank.tolist() == [True] + [False] * 10 + [True] * 2
