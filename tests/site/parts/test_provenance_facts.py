"""Environment and provenance as facts."""

from dataclasses import fields, replace

import pytest

from pwc_bench.core.record import Environment, Weights, WeightsStatus
from pwc_bench.site.parts.provenance import environment_groups, provenance_groups, weights_address
from tests.factories import make_record


def _facts(environment: Environment) -> dict[str, str]:
    return {fact.term: fact.text for group in environment_groups(environment) for fact in group.facts}


def test_values_carry_their_units() -> None:
    """Memory in MiB, power in watts, truth in words."""
    environment = replace(
        make_record().environment, memory_mib=1_048_576, power_limit_watts=700.0, tf32=True, threads=16
    )
    facts = _facts(environment)
    assert facts["Memory"] == "1,048,576 MiB"
    assert facts["GPU power limit"] == "700.0 W"
    assert facts["TF32 allowed"] == "yes"
    assert facts["Torch threads"] == "16"
    assert len(facts) == len(fields(Environment))


def test_unknown_and_inapplicable_are_two_things() -> None:
    """A CPU's record has no GPU driver; a GPU's record may lack it."""
    assert _facts(make_record().environment)["GPU driver"] == "not recorded"
    assert _facts(make_record(device="Intel(R) Xeon(R)").environment)["GPU driver"] == "no GPU was used"


def test_images_are_resized_by_pillow_unless_it_is_said() -> None:
    """The device's resize is an option: a record that is silent on it was made without."""
    environment = make_record().environment
    shown = [_facts(one) for one in (environment, replace(environment, resize="on the device"))]
    assert [facts["Images resized"] for facts in shown] == ["by Pillow, on the CPU", "on the device"]


def test_a_record_of_cost_needs_no_images_and_no_weights() -> None:
    """It says so instead of leaving gaps."""
    record = make_record(dataset=None)
    provenance = replace(record.provenance, weights=Weights(WeightsStatus.NONE))
    groups = {group.title: group.facts for group in provenance_groups(provenance)}
    assert [fact.text for fact in groups["Weights"]] == ["None: cost and speed are measured on random weights"]
    assert groups["Images"][0].text.startswith("none: ")
    assert len(groups["Images"]) == 1


def test_what_was_undone_to_load_a_checkpoint_is_said() -> None:
    """A reader who loads the same file by other means should know that its names were changed."""
    record = make_record()
    weights = replace(record.provenance.weights, undone=("the place 'model'", "the prefix 'module.'"))
    groups = {group.title: group.facts for group in provenance_groups(replace(record.provenance, weights=weights))}
    assert [fact.text for fact in groups["Weights"]][-1] == "the place 'model'; the prefix 'module.'"
    plain = {group.title: group.facts for group in provenance_groups(record.provenance)}
    assert "Undone to fit the model" not in [fact.term for fact in plain["Weights"]]


def test_an_inexact_recipe_and_missing_predictions_are_said() -> None:
    """Both matter to whoever compares."""
    provenance = make_record().provenance
    assert provenance.recipe is not None
    changed = replace(provenance, recipe=replace(provenance.recipe, exact=False), predictions=None)
    texts = [fact.text for group in provenance_groups(changed) for fact in group.facts]
    assert any(text.endswith("; not exact") for text in texts)
    assert "none kept" in texts


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("hub:timm/convit_tiny.fb_in1k", "https://huggingface.co/timm/convit_tiny.fb_in1k"),
        ("hub:timm/convit_tiny.fb_in1k@v1", "https://huggingface.co/timm/convit_tiny.fb_in1k"),
        ("https://example.org/w.pth", "https://example.org/w.pth"),
        ("http://example.org/w.pth", None),
        ("javascript:alert(1)", None),
        ("w.pth", None),
        (None, None),
    ],
)
def test_only_weights_on_the_web_can_be_looked_at(uri: str | None, address: str | None) -> None:
    """A local file's name leads nowhere."""
    assert weights_address(uri) == address
