"""`doctor`: what a machine can do, in words and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.cli.doctor import Health, bf16_ability, gpu_condition
from pwc_bench.hardware import Gpu
from pwc_bench.imaging import crops, decoder_name, open_crop_cache
from tests.cli.nobody import public_folder, run_as_nobody
from tests.evaluation.tiny import RECIPE, write_images
from tests.hardware.nvml_stand_in import Library


def findings(runner: CliRunner, code: int = 0) -> dict[str, dict[str, str | None]]:
    """Run the doctor and return its findings by key."""
    result = runner.invoke(app, ["doctor", "--json"])
    assert result.exit_code == code, result.output
    return {found["key"]: found for found in json.loads(result.stdout)}


def test_a_machine_that_can_run(runner: CliRunner, database: Path) -> None:
    """Packages, devices, the database, disks, data and weights are looked at, and nothing is broken."""
    found = findings(runner)
    assert {
        "python",
        "packages",
        "cpu",
        "threads",
        "database",
        "disk for results",
        "ImageNet",
        "weights cache",
        "hub",
    } <= (found.keys())
    assert found["database"]["fact"] == "9 records of 2 campaigns, at the present schema"
    assert all(found[key]["health"] in ("good", "note") for key in found)


def test_text_says_what_a_note_means(runner: CliRunner, place: Path) -> None:
    """People read one finding a paragraph, none wider than 80 columns but for paths, with advice; nothing is made."""
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "note    database: none at results/pwc-bench.db yet\n        → `pwc-bench run` makes it\n" in result.stdout
    assert not list(place.iterdir())


def test_a_broken_database_ends_with_4(runner: CliRunner, place: Path) -> None:
    """A file that is no database is found and explained."""
    (place / "results").mkdir()
    (place / "results" / "pwc-bench.db").write_text("not a database, but long enough to be looked at as one" * 40)
    found = findings(runner, code=4)
    assert found["database"]["health"] == "broken"
    assert "not a database" in str(found["database"]["fact"])


def test_imagenet_that_is_not_there_is_broken(runner: CliRunner, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that names no data is found before a run is."""
    monkeypatch.setenv("PWC_BENCH_IMAGENET", str(place / "nowhere"))
    assert findings(runner, code=4)["ImageNet"]["health"] == "broken"


def test_a_read_only_place_is_broken() -> None:
    """A folder that cannot be written is found."""
    with public_folder() as folder:
        folder.chmod(0o555)
        done = run_as_nobody(["doctor", "--json"], folder, "doctor")
    assert done.returncode == 4, done.stderr
    found = {finding["key"]: finding for finding in json.loads(done.stdout)}
    assert found["disk for site"]["health"] == "broken"


def test_places_that_may_not_be_entered_are_broken() -> None:
    """A cache and a database in folders of somebody else are findings; the rest is looked at all the same."""
    with public_folder() as folder:
        (folder / "closed").mkdir(mode=0o000)
        arguments = ["doctor", "--json", "--db", "closed/x.db"]
        done = run_as_nobody(arguments, folder, "doctor", PWC_BENCH_CACHE=str(folder / "closed" / "cache"))
        (folder / "closed").chmod(0o700)
    assert done.returncode == 4, done.stderr
    found = {finding["key"]: finding for finding in json.loads(done.stdout)}
    assert (found["database"]["health"], found["disk for cache"]["health"]) == ("broken", "broken")
    assert "Permission denied" in found["database"]["fact"]
    assert {"weights cache", "hub"} <= found.keys()


def test_a_part_of_imagenet_is_worth_a_note(runner: CliRunner, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer images than the data set has are counted; a set on the hub is not asked for."""
    folder = place / "val" / "n01440764"
    folder.mkdir(parents=True)
    (folder / "0.JPEG").write_bytes(b"never read")
    monkeypatch.setenv("PWC_BENCH_IMAGENET", str(place))
    found = findings(runner)["ImageNet"]
    assert (found["health"], found["fact"]) == ("note", f"{place}: 1 of 50,000 images")
    monkeypatch.setenv("PWC_BENCH_IMAGENET", "hf:owner/name")
    assert findings(runner)["ImageNet"]["fact"] == "hf:owner/name, on the hub (not asked now)"


def test_cached_crops_are_listed(runner: CliRunner, place: Path) -> None:
    """Their recipe, source, decoder, and how many of the images are there."""
    assert findings(runner)["crop cache"]["fact"] == f"{place / 'cache' / 'crops'}: 0 files, 0 bytes"
    source = write_images(place / "images", 5)
    with open_crop_cache(place / "cache" / "crops", source, [RECIPE], 2**30, print) as cache:
        assert cache is not None
        for index in (1, 3):
            cache.write(index, crops(source.read(index), "x", [RECIPE]))
    found = findings(runner)
    assert str(found["crop cache"]["fact"]).startswith(f"{place / 'cache' / 'crops'}: 1 file, ")
    assert str(found["crops 1"]["fact"]).startswith("exact-40-32 of test folder: 2 of 5 crops, ")
    assert str(found["crops 1"]["fact"]).endswith(f"; by {decoder_name()}")


def test_a_gpu_says_how_it_is() -> None:
    """What the management library tells, in one line; throttling is worth a note."""
    answers = {
        "sm": 1980,
        "memory": 3201,
        "power": 98_400,
        "limit": 700_000,
        "celsius": 41,
        "reasons": 1,
        "driver": 575,
    }
    found = gpu_condition("cuda:0 now", Gpu(Library(answers), handle=object()))
    assert found.health is Health.GOOD
    assert found.fact == "driver 575, 98 of 700 W, 41 °C, SM clock 1980 MHz, memory clock 3201 MHz, not throttled"
    found = gpu_condition("cuda:0 now", Gpu(Library(answers | {"reasons": 4}), handle=object()))
    assert found.health is Health.NOTE
    assert found.fact.endswith("throttled: power limit")


def test_a_gpu_that_tells_nothing_is_no_error() -> None:
    """A divided GPU supports none of the questions."""
    assert gpu_condition("cuda:0 now", Gpu(Library({}), handle=object())).fact == "not throttled"


def test_native_bf16_is_told_without_a_promise() -> None:
    """The instructions are named; no figure stands there."""
    able, unable = bf16_ability("AMX"), bf16_ability(None)
    assert able.fact == "this CPU multiplies bf16 natively (AMX)"
    assert "--precision bf16" in str(able.advice)
    assert unable.advice is None
    assert not any(character.isdigit() for character in str(able.advice).replace("bf16", "").replace("fp32", ""))
