"""What records are called."""

from dataclasses import replace

from pwc_bench.claims.naming import Names
from pwc_bench.core.record import WeightsStatus
from tests.example_archive import example_archive
from tests.factories import make_record


def test_titles_come_from_the_declaration_then_the_record_then_the_key() -> None:
    """Whatever is known best."""
    names = Names.of(example_archive())
    record = replace(make_record("timm:x"), title="X")
    assert names.variant("convit-ti-plus") == "ConViT-Ti+"
    assert names.variant("timm:x", record) == "X"
    assert names.variant("timm:x") == "timm:x"
    assert names.dataset("imagenet-1k") == "ImageNet-1k"
    assert names.dataset("imagenet-v2") == "ImageNet-V2"
    assert names.dataset("mine") == "mine"


def test_a_probe_is_a_demo_on_any_data_set_and_cost_never_is() -> None:
    """Weights decide as much as images do."""
    names = Names.of(example_archive())
    assert names.is_demo(make_record(weights=WeightsStatus.PROBE))
    assert names.is_demo(make_record(dataset="demo"))
    assert not names.is_demo(make_record(dataset=None, weights=WeightsStatus.PROBE))
    assert not names.is_demo(make_record())
