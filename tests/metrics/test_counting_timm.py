"""One model of every module of timm is counted by both counters, which agree."""

from functools import partial

import pytest
import timm
import torch
from timm.models import list_modules
from torch import nn

from pwc_bench.families import resolve
from pwc_bench.metrics._apparatus.macs import count_macs
from tests.metrics.subjects import make_subject

LARGEST = 200e6
"""Parameters above which a model is left out: a desk's memory holds a few copies of what is smaller."""

DISAGREE: dict[str, str] = {}
"""The modules on whose model the counters differ, each with the reason."""


def _size(name: str) -> int:
    """Return a model's parameters without drawing one."""
    with torch.device("meta"):
        model: nn.Module = timm.create_model(name)
    return sum(parameter.numel() for parameter in model.parameters())


def _smallest(module: str) -> str:
    """Return the smallest of up to eight models of a module."""
    names: list[str] = timm.list_models(module=module)
    return min(names[:: -(-len(names) // 8)], key=_size)


@pytest.mark.slow
@pytest.mark.parametrize("module", list_modules())
def test_both_counters_agree_on_timms_models(module: str) -> None:
    """Nothing fails, nothing that may multiply is left out, and no operator is counted otherwise."""
    name = _smallest(module)
    if _size(name) > LARGEST:
        pytest.skip(f"{name} is too large")
    (variant,) = resolve(f"timm:{name}")
    found = count_macs(make_subject(partial(variant.build, 1000), side_px=variant.recipe.crop_px))
    assert found.failures == {}
    assert found.uncounted == {}
    assert found.counts.total > 0
    assert bool(found.differences) == (module in DISAGREE), found.differences
