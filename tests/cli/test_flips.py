"""What the closing words say of a lower precision."""

from dataclasses import replace

from pwc_bench.api.places import load_catalogue
from pwc_bench.cli.closing import close
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record
from tests.factories import make_record


def _record(flips: int) -> Record:
    check: dict[str, Json] = {"precision": "bf16", "images": 256, "flips": flips}
    return replace(make_record(), extra={"checks": {"precision": check}})


def test_changed_predictions_are_a_warning_and_none_is_told_too() -> None:
    """Nothing is said where nothing was compared."""
    catalogue = load_catalogue()
    assert (
        "warning: bf16 changed the top-1 of images of a sample: ConViT-S 3 of 256"
        in close([_record(3)], [], catalogue).notes
    )
    assert close([_record(0)], [], catalogue).notes[-1].startswith("bf16: on the sample")
    assert not any("sample" in note for note in close([make_record()], [], catalogue).notes)
