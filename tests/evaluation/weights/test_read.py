"""Reading checkpoints: every form that holds tensors, and a clear refusal of everything else."""

import argparse
import gzip
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from pwc_bench.core.errors import WeightsError
from pwc_bench.evaluation.weights.read import read_states
from tests.evaluation.weights.tiny import Tiny, tiny_state


def read_state(path: Path, name: str) -> dict[str, Tensor]:
    """Return the largest state dict of those that are preferred alike."""
    found = read_states(path, name)
    return max(list(found.values())[:2], key=len) if "" in found else next(iter(found.values()))


def _assert_same(read: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert read.keys() == expected.keys()
    for key, tensor in expected.items():
        assert torch.equal(read[key], tensor)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"model": state, "optimizer": {"lr": 0.1}, "epoch": 3},
        lambda state: {"state_dict": state, "arch": "tiny"},
        lambda state: {"model_ema": state},
        lambda state: {"state_dict_ema": state},
        lambda state: {"model": state, "args": argparse.Namespace(lr=0.1, model="tiny")},
        lambda state: {"model": "tiny", "state_dict": state},
        lambda state: {"epoch": 1, "model_state_dict": state, "loss": torch.tensor(0.5)},
        lambda state: {"checkpoint": {"state_dict": state}},
    ],
    ids=["bare", "model", "state_dict", "ema", "state_dict_ema", "args", "name", "loop", "nested"],
)
def test_every_form_of_torch_save_is_read(
    tmp_path: Path, zipped: bool, wrap: Callable[[dict[str, Tensor]], dict[str, object]]
) -> None:
    """A state dict may be bare or nested, in both of PyTorch's file forms."""
    state, path = tiny_state(), tmp_path / "x.pth"
    torch.save(wrap(state), path, _use_new_zipfile_serialization=zipped)
    _assert_same(read_state(path, "x.pth"), state)


def test_safetensors_are_read_whatever_their_name_says(tmp_path: Path) -> None:
    """The content decides the form, not the suffix."""
    save_file(tiny_state(), tmp_path / "x.pth")
    _assert_same(read_state(tmp_path / "x.pth", "x.pth"), tiny_state())


@pytest.mark.parametrize("header_bytes", [0x0280, 0x8B1F], ids=["pickle", "gzip"])
def test_safetensors_are_told_by_their_header_even_where_its_length_looks_like_another_form(
    tmp_path: Path, header_bytes: int
) -> None:
    """The length of the header comes first in the file, and may have the bytes of anything."""
    path = tmp_path / "x.safetensors"
    save_file({"x": torch.ones(2)}, path)
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    path.write_bytes(header_bytes.to_bytes(8, "little") + content[8:end].ljust(header_bytes) + content[end:])
    _assert_same(read_state(path, "x"), {"x": torch.ones(2)})


def test_the_model_itself_is_preferred_to_its_moving_average(tmp_path: Path) -> None:
    """A training's checkpoint holds both; the official scripts evaluate the model."""
    torch.save({"model_ema": tiny_state(width=5), "model": tiny_state()}, tmp_path / "x.pth")
    _assert_same(read_state(tmp_path / "x.pth", "x.pth"), tiny_state())


class _Code:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return __import__("os").system, ("touch code_was_run",)


def _write_code(path: Path) -> None:
    torch.save({"model": tiny_state(), "extra": _Code()}, path)


def _write_legacy_code(path: Path) -> None:
    torch.save(_Code(), path, _use_new_zipfile_serialization=False)


def _write_module(path: Path) -> None:
    torch.save(nn.Linear(2, 2), path)


def _cut(share: float, *, zipped: bool) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        torch.save(tiny_state(width=64), path, _use_new_zipfile_serialization=zipped)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return write


def _write_cut_safetensors(path: Path) -> None:
    save_file(tiny_state(width=64), path)
    path.write_bytes(path.read_bytes()[:-100])


def _write_bad_safetensors(path: Path) -> None:
    save_file(tiny_state(), path)
    path.write_bytes(path.read_bytes().replace(b'"dtype"', b'"dtypo"'))


def _write_damaged_zip(path: Path) -> None:
    torch.save(tiny_state(), path)
    content = path.read_bytes()
    start = content.index(b"data.pkl") + 20
    path.write_bytes(content[:start] + bytes(40) + content[start + 40 :])


def _write_broken_directory(path: Path) -> None:
    torch.save(tiny_state(), path)
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x09"))


def _write_zip(member: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, b"1")

    return write


def _write_npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, weight=np.zeros(3))


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "is empty: fetch it again"),
        (lambda path: path.write_bytes(b"\n <!DOCTYPE html><html><body>Log in"), "is an HTML page, not a checkpoint"),
        (lambda path: path.write_bytes(b"<HTML>404"), "is an HTML page, not a checkpoint"),
        (lambda path: path.write_text(json.dumps({"error": "gone"})), "is a text file, not a checkpoint: it begins"),
        (lambda path: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n"), "is a Git LFS pointer"),
        (lambda path: path.write_bytes(gzip.compress(b"x")), "is compressed by gzip: unpack it first"),
        (lambda path: path.write_bytes(bytes(range(256))), "is neither a PyTorch checkpoint nor safetensors"),
        (_cut(0.5, zipped=True), "is truncated: its end is missing"),
        (_cut(0.5, zipped=False), "is damaged or truncated"),
        (_cut(0.02, zipped=False), "is damaged or truncated"),
        (lambda path: path.write_bytes(b"\x80\x02" + bytes(range(200, 250))), "is damaged, or holds something else"),
        (_write_cut_safetensors, r"is damaged or truncated \(.*\); fetch it again"),
        (_write_bad_safetensors, r"is damaged or truncated \(.*\); fetch it again"),
        (_write_damaged_zip, "is damaged"),
        (_write_broken_directory, "is damaged"),
        (_write_zip("x/constants.pkl"), r"is a TorchScript archive: save the model's state_dict\(\)"),
        (_write_zip("readme.txt"), "is a zip archive, not a PyTorch checkpoint"),
        (_write_npz, "is a NumPy archive, not a PyTorch checkpoint"),
        (
            _write_module,
            r"holds pickled code \(torch\.nn\.modules\.linear\.Linear\), which is not run: where you trust it",
        ),
        (_write_code, r"holds pickled code \((posix|os)\.system\), which is not run"),
        (_write_legacy_code, r"holds pickled code \((posix|os)\.system\), which is not run"),
        (lambda path: torch.save([1, 2], path), "holds a list, not a state dict"),
        (lambda path: torch.save(torch.zeros(2), path), "holds a Tensor, not a state dict"),
        (lambda path: torch.save({}, path), "holds no state dict.*: it holds nothing"),
        (lambda path: torch.save({"epoch": 3, "lr": 0.1}, path), "holds no state dict.*: it holds epoch, lr"),
    ],
)
def test_what_is_no_checkpoint_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object], message: str
) -> None:
    """Each mistake has its own message with the file's name, and no code in a file is ever run."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x.pth"
    write(path)
    with pytest.raises(WeightsError, match=message) as caught:
        read_state(path, "x.pth")
    assert str(caught.value).startswith("x.pth ")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "code_was_run").exists()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """A file that vanished is a clear error too."""
    with pytest.raises(WeightsError, match=r"x\.pth cannot be read: No such file"):
        read_state(tmp_path / "x.pth", "x.pth")


def test_reading_leaves_the_allow_list_of_torch_as_it_was(tmp_path: Path) -> None:
    """The one plain type that is allowed while reading is not allowed afterwards."""
    torch.save({"model": tiny_state(), "args": argparse.Namespace()}, tmp_path / "x.pth")
    read_state(tmp_path / "x.pth", "x.pth")
    assert argparse.Namespace not in torch.serialization.get_safe_globals()
    assert Tiny not in torch.serialization.get_safe_globals()


def test_a_pickle_that_torch_did_not_write_is_refused_without_a_warning(tmp_path: Path) -> None:
    """Torch warns of the newer protocol before it refuses; the error alone reaches people, and warnings fail here."""
    path = tmp_path / "w.pth"
    path.write_bytes(pickle.dumps({"run": Path("/")}, protocol=4))
    with pytest.raises(WeightsError, match="is damaged, or holds something else than tensors"):
        read_state(path, "w.pth")
