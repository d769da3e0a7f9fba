"""The plan of a run: where weights come from, and how long it takes at least."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import timm

from pwc_bench.api.options import RunOptions
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.cli.plan import Plan, make_plan, plan_lines
from pwc_bench.evaluation.request import BatchSize
from pwc_bench.evaluation.workspace import open_workspace
from tests.factories import make_measurement, make_record


@pytest.fixture
def imagenet(place: Path) -> Path:
    """Three images of one class in ImageNet's layout; only their names are looked at."""
    folder = place / "imagenet" / "val" / "n01440764"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}.JPEG").write_bytes(b"never read")
    return place / "imagenet"


def planned(options: RunOptions, place: Path) -> Plan:
    """The plan of a run that keeps its results in `place`."""
    with prepare(options) as request:
        return make_plan(at_folder(request, Path("none", "yet")), database="x.db", site=None, earlier=())


def test_weights_named_found_published_or_none(place: Path, imagenet: Path) -> None:
    """Weights named by the user come first, then those of the folder, then published ones; else the reason is told."""
    (place / "convit-s.pth").touch()
    (place / "my.pth").touch()
    plan = planned(
        RunOptions(
            models="convit-ti,convit-s,convit-b,convit-b-plus",
            data=str(imagenet),
            weights={"convit-ti": str(place / "my.pth")},
            weights_dir=place,
            device="cpu",
        ),
        place,
    )
    assert plan.weights[:3] == (str(place / "my.pth"), str(place / "convit-s.pth"), "hub:timm/convit_base.fb_in1k")
    assert plan.weights[3].startswith("none, so no accuracy. ")
    assert (plan.images, plan.images_expected) == (3, 50_000)
    assert plan.predictions_bytes == 3 * 4 * 80
    assert plan.free_bytes > 0


def test_weights_that_are_not_there_are_told_of(place: Path, imagenet: Path) -> None:
    """A plan is asked for to find that out; an address is not looked up."""
    weights = {"convit-ti": "nowhere.pth", "convit-s": "hub:a/b", "convit-b": "https://example.org/c.pth"}
    models = "convit-ti,convit-s,convit-b"
    plan = planned(RunOptions(models=models, data=str(imagenet), weights=weights, device="cpu"), place)
    assert plan.weights[0].startswith("it will fail: no such weights file: nowhere.pth")
    assert plan.weights[1:] == ("hub:a/b", "https://example.org/c.pth")


def test_a_variant_that_is_refused_is_told_of(place: Path, imagenet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe that is not offered shows before hours of measuring."""
    stated = replace(timm.get_pretrained_cfg("test_vit"), crop_mode="border")
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda _name: stated)
    plan = planned(RunOptions(models="timm:test_vit", data=str(imagenet), device="cpu"), place)
    (said,) = plan.weights
    assert said.startswith("it will fail: timm:test_vit crops in mode 'border'")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nowhere_at_all", "it will fail: planned_model cannot be imported: .*nowhere_at_all"),
        ("def make(num_classes): raise ValueError('no')", "it will fail: planned_model:make failed: .*no"),
        ("def make(num_classes): return __import__('torch').nn.Linear(1, 1)", "as planned_model:make returns it"),
    ],
)
def test_a_model_of_ones_own_is_planned_as_it_runs(
    place: Path, imagenet: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    """What fails when it is imported or called shows before the run; what does not brings its own weights."""
    (place / "planned_model.py").write_text(code)
    monkeypatch.chdir(place)
    monkeypatch.delitem(sys.modules, "planned_model", raising=False)
    plan = planned(RunOptions(models="planned_model:make", data=str(imagenet), device="cpu"), place)
    assert plan.variants == ("planned_model:make",)
    assert re.match(said, plan.weights[0])


def test_cached_crops_take_room(place: Path, imagenet: Path) -> None:
    """Two recipes, three images of 224 x 224 x 3 bytes each; nothing where no crops are kept."""
    options = RunOptions(models="convit-ti,convit-s,deit-s", data=str(imagenet), device="cpu", crop_cache=True)
    plan = planned(options, place)
    assert plan.crop_cache_bytes == 2 * 3 * 224 * 224 * 3
    assert any(line.startswith("  crop cache   about ") for line in plan_lines(plan))
    assert planned(RunOptions(device="cpu"), place).crop_cache_bytes is None


def test_an_interrupted_run_is_named_with_its_batch_size(place: Path, imagenet: Path) -> None:
    """The same command continues it, as the plan says; --fresh does not."""
    options = RunOptions(models="convit-ti", data=str(imagenet), device="cpu")
    with prepare(options) as found:
        request = at_folder(found, place / "results")
        with open_workspace(request) as left:
            left.choices.keep_batch_size(BatchSize(4, {}))
        plan = make_plan(request, database="x.db", site=None, earlier=())
        anew = make_plan(replace(request, fresh=True), database="x.db", site=None, earlier=())
    assert (plan.campaign, plan.batch_size) == (left.campaign, 4)
    assert any(f"{left.campaign}: interrupted, and continued" in line for line in plan_lines(plan))
    assert (anew.campaign, anew.batch_size, anew.is_continued) == (None, None, False)


def test_lines_fit_80_columns(place: Path) -> None:
    """Long facts are wrapped below themselves."""
    lines = "\n".join(plan_lines(planned(RunOptions(device="cpu"), place))).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("  metrics      top1, top5") for line in lines)


def test_only_alike_records_tell_the_time(place: Path) -> None:
    """A speed on another device, precision or batch size tells nothing; of alike records the newest counts."""
    alike = make_record("convit-ti", None, device="CPU", measurements={"throughput": make_measurement(4.0, "images/s")})
    alike = replace(alike, environment=replace(alike.environment, batch_size=8))
    older = replace(alike, measurements={"throughput": make_measurement(1.0, "images/s")})
    other = replace(alike, environment=replace(alike.environment, precision="bf16"))
    with prepare(RunOptions(models="convit-ti", device="cpu")) as request:
        alone = make_plan(request, database="x.db", site=None, earlier=[other])
        known = make_plan(request, database="x.db", site=None, earlier=[other, alike, older])
    with prepare(RunOptions(models="convit-ti", device="cpu", batch_size=4)) as request:
        larger = make_plan(request, database="x.db", site=None, earlier=[alike])
    assert (alone.seconds_at_least, larger.seconds_at_least) == (None, None)
    assert known.seconds_at_least == 16.0
