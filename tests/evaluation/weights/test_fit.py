"""Fitting: a checkpoint that is the model's own fits, and every other one is told why not."""

import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from timm.models.convit import ConVit
from torch import Tensor, nn

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.variant import Checkpoint
from pwc_bench.evaluation.weights import ResolvedWeights, fit_weights, resolve_weights
from pwc_bench.evaluation.weights.read import read_states
from pwc_bench.evaluation.weights.unwrap import unwrapped
from tests.evaluation.weights.tiny import Tiny, tiny_state, tiny_variant


def _resolved(folder: Path, state: dict[str, Tensor]) -> ResolvedWeights:
    save_file({key: tensor.contiguous() for key, tensor in state.items()}, folder / "tiny.safetensors")
    named = str(folder / "tiny.safetensors")
    found = resolve_weights(tiny_variant(), named=named, folder=None, cache=folder, observer=SilentObserver())
    assert found is not None
    return found


def _fit(folder: Path, state: dict[str, Tensor], model: nn.Module) -> None:
    fit_weights(model, _resolved(folder, state), classes=10, dataset_title="ImageNet-1k")


def test_a_fitting_checkpoint_is_copied_whole(tmp_path: Path) -> None:
    """Afterwards the model computes what the saved one computed."""
    state, model = tiny_state(), Tiny().eval()
    _fit(tmp_path, state, model)
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    """The model stays in its own precision whatever the file's is."""
    state = {
        key: value.to(torch.bfloat16) if value.is_floating_point() else value for key, value in tiny_state().items()
    }
    model = Tiny().eval()
    _fit(tmp_path, state, model)
    assert model.head.weight.dtype is torch.float32
    assert torch.equal(model.head.weight, state["head.weight"].float())


def test_a_convit_fits_with_and_without_its_position_indices(tmp_path: Path) -> None:
    """The indices follow from the architecture: some versions of the model save them, others do not."""

    def build(classes: int) -> ConVit:
        model: ConVit = ConVit(
            img_size=32, depth=2, num_heads=2, embed_dim=8, local_up_to_layer=1, num_classes=classes
        ).eval()
        return model

    saved, images = build(10), torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = saved(images)
    state = dict(saved.state_dict())
    for more in ({}, {"blocks.0.attn.rel_indices": torch.zeros(1, 4, 4, 3)}):
        model = build(10)
        _fit(tmp_path, state | more, model)
        with torch.inference_mode():
            assert torch.equal(model(images), expected)


def test_the_counter_that_only_training_reads_may_be_missing(tmp_path: Path) -> None:
    """Checkpoints from before PyTorch 0.4.1 have no num_batches_tracked."""
    state = {key: value for key, value in tiny_state().items() if not key.endswith("num_batches_tracked")}
    _fit(tmp_path, state, Tiny().eval())


def _without(*keys: str) -> dict[str, Tensor]:
    return {key: value for key, value in tiny_state().items() if key not in keys}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (_without("head.bias"), r"lacks 1 tensor \(head\.bias\) of the model's 9 tensors"),
        (
            _without("head.bias", "head.weight", "stem.bias", "stem.weight"),
            r"lacks 4 tensors \(stem\.weight, stem\.bias, head\.weight, …\) of",
        ),
        (tiny_state() | {"dist_token": torch.zeros(1)}, r"has 1 tensor \(dist_token\) that the model does not have"),
        (
            {"fc.weight": torch.zeros(1)},
            r"a checkpoint of another model: it lacks 8 tensors \(.*, …\) and has 1 tensor \(fc\.weight\) too many",
        ),
        (tiny_state(classes=21841), r"the head is for 21,841 classes, ImageNet-1k has 10$"),
        (tiny_state(width=5), r"another size of the model: stem\.weight is 5 x 3, the model has 4 x 3 \(and 6 more\)"),
        (tiny_state() | {"stem.bias": torch.zeros(5)}, r"stem\.bias is 5, the model has 4$"),
        (tiny_state() | {"stem.bias": torch.full((4,), torch.nan)}, r"holds NaN in stem\.bias"),
        (tiny_state() | {"stem.bias": torch.full((4,), torch.inf)}, r"holds infinite values in stem\.bias"),
    ],
    ids=["missing", "several", "surplus", "other", "classes", "size", "shape", "nan", "inf"],
)
def test_a_checkpoint_that_does_not_fit_says_why(tmp_path: Path, state: dict[str, Tensor], message: str) -> None:
    """Missing and surplus tensors, another head, other shapes and broken values each have a message of their own."""
    model = Tiny().eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with pytest.raises(WeightsError, match=message) as caught:
        _fit(tmp_path, state, model)
    assert str(caught.value).startswith("tiny.safetensors")
    assert "\n" not in str(caught.value)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_the_head_is_found_in_models_that_do_not_name_it(tmp_path: Path) -> None:
    """Without timm's get_classifier the last linear layer is the head."""
    state = {
        "0.weight": torch.zeros(4, 3),
        "0.bias": torch.zeros(4),
        "1.weight": torch.zeros(7, 4),
        "1.bias": torch.zeros(7),
    }
    with pytest.raises(WeightsError, match="the head is for 7 classes, ImageNet-1k has 10"):
        _fit(tmp_path, state, nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 10)))


def test_a_distilled_model_has_two_heads(tmp_path: Path) -> None:
    """Timm returns a tuple of heads for distilled models; either may be for other classes."""
    build = {"img_size": 32, "depth": 1, "embed_dim": 12}
    model = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=10, **build)
    other = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=7, **build)
    with pytest.raises(WeightsError, match="the head is for 7 classes"):
        _fit(tmp_path, dict(other.state_dict()), model)


def test_infinity_is_allowed_where_the_model_itself_has_it(tmp_path: Path) -> None:
    """A mask of minus infinity is part of some architectures."""

    class Masked(Tiny):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mask", torch.full((2,), -torch.inf))

    _fit(tmp_path, tiny_state() | {"mask": torch.full((2,), -torch.inf)}, Masked())


def test_a_file_that_changes_after_it_was_hashed_is_not_used(tmp_path: Path) -> None:
    """A training that goes on may overwrite its checkpoint: the record's hash would then be a lie."""
    resolved = _resolved(tmp_path, tiny_state())
    os.utime(resolved.path, ns=(1, 1))
    with pytest.raises(WeightsError, match=r"tiny\.safetensors was changed while it was read: copy it first"):
        fit_weights(Tiny(), resolved, classes=10, dataset_title="ImageNet-1k")
    resolved.path.unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        resolved.check_unchanged()


def _under(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + key: tensor for key, tensor in state.items()}


def _within(word: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.replace(".", f".{word}.", 1): tensor for key, tensor in state.items()}


ONE = torch.zeros(1)
WRAPPINGS: dict[str, tuple[Callable[[dict[str, Tensor]], dict[str, Any]], str]] = {
    "loop": (lambda s: {"epoch": 1, "model_state_dict": s, "loss": ONE}, "taken from model_state_dict"),
    "parallel": (lambda s: _under("module.", s), r"prefix module\. removed"),
    "averaged": (lambda s: {**_under("module.", s), "n_averaged": ONE}, "n_averaged"),
    "module": (lambda s: {"module": s, "global_steps": 7}, "taken from module"),
    "lightning": (lambda s: {"state_dict": _under("model.", s)}, r"state_dict, prefix model\. removed"),
    "lightning, loss": (lambda s: {"state_dict": _under("net.", s) | {"criterion.weight": ONE}}, r"criterion\.weight"),
    "lightning, average": (
        lambda s: {"state_dict": _under("model.", s) | _under("ema_model.", tiny_state(width=5))},
        "model",
    ),
    "compiled": (lambda s: _under("_orig_mod.", s), r"_orig_mod\."),
    "compiled parts": (lambda s: _within("_orig_mod", s), "_orig_mod left out"),
    "sharded": (lambda s: _under("_fsdp_wrapped_module.", s), "_fsdp_wrapped_module"),
    "sharded parts": (
        lambda s: _within("_fsdp_wrapped_module._checkpoint_wrapped_module", s),
        "_checkpoint_wrapped_module",
    ),
    "all at once": (
        lambda s: {"checkpoint": {"state_dict": _under("model.module._orig_mod.", _within("_fsdp_wrapped_module", s))}},
        "_fsdp_wrapped_module",
    ),
    "counters": (lambda s: s | {"total_ops": ONE, "head.total_params": ONE}, "2 tensors .*total_ops"),
    "backbone and head": (
        lambda s: {key if "head" in key else f"backbone.{key}": tensor for key, tensor in s.items()},
        "backbone left out",
    ),
    "parts": (
        lambda s: {
            "stem": {"weight": s["stem.weight"], "bias": s["stem.bias"]},
            "rest": {key: tensor for key, tensor in s.items() if "stem" not in key},
        },
        "all its parts",
    ),
    "average alone": (lambda s: {"ema": s}, "taken from ema"),
}


@pytest.mark.parametrize("kind", WRAPPINGS)
def test_a_wrapped_checkpoint_is_loaded_and_what_was_undone_is_said(tmp_path: Path, kind: str) -> None:
    """Whatever a training tool has left around the tensors, in any combination."""
    wrap, said = WRAPPINGS[kind]
    state, model, path = tiny_state(), Tiny().eval(), tmp_path / "wrapped.pth"
    torch.save(wrap(dict(state)), path)
    found = resolve_weights(tiny_variant(), named=str(path), folder=None, cache=tmp_path, observer=SilentObserver())
    assert found is not None
    weights = fit_weights(model, found, classes=10, dataset_title="ImageNet-1k")
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())
    assert re.search(said, ", ".join(weights.undone))


@settings(max_examples=40, deadline=None)
@given(
    prefix=st.lists(st.sampled_from(["module", "model", "net", "_orig_mod", "mine"]), max_size=3),
    within=st.lists(st.sampled_from(["_orig_mod", "module", "_fsdp_wrapped_module", "wrapped"]), max_size=2),
    place=st.lists(st.sampled_from(["state_dict", "model", "weights", "ema"]), max_size=3),
)
def test_any_wrapping_is_undone(prefix: list[str], within: list[str], place: list[str]) -> None:
    """Prefixes, words within names and places are undone in any combination."""
    state = tiny_state()
    wrapped: dict[str, Any] = {".".join([*prefix, *_spliced(key, within)]): tensor for key, tensor in state.items()}
    for key in reversed(place):
        wrapped = {key: wrapped, "epoch": 3}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pth"
        torch.save(wrapped, path)
        found = unwrapped(read_states(path, "x.pth"), tiny_state(), "x.pth")
    assert found.tensors.keys() == state.keys()
    assert all(torch.equal(found.tensors[key], state[key]) for key in state)
    assert bool(found.undone) == bool(prefix or within or place)


def _spliced(key: str, words: list[str]) -> list[str]:
    first, *rest = key.split(".")
    return [first, *words, *rest]


def _quantised(tensor: Tensor) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch will drop such tensors; files with them stay
        return torch.quantize_per_tensor(tensor, 0.1, 0, torch.qint8)


def test_two_networks_in_one_file_are_told_apart_by_the_user(tmp_path: Path) -> None:
    """Nobody guesses which of two equal ones is meant."""
    state = _under("student.", tiny_state()) | _under("other.", tiny_state())
    with pytest.raises(WeightsError, match=r"holds the model several times, under (student|other)\."):
        _fit(tmp_path, state, Tiny().eval())


def test_tensors_under_other_names_are_never_called_another_model(tmp_path: Path) -> None:
    """The message names what stands where."""
    state = {key.replace("head.", "fc_out."): tensor for key, tensor in tiny_state().items()}
    renamed = {
        key if "fc_out" not in key else key.replace("weight", "w").replace("bias", "b"): t for key, t in state.items()
    }
    with pytest.raises(
        WeightsError, match=r"under other names: it has 2 tensors \(fc_out\..*model has 2 tensors \(head"
    ):
        _fit(tmp_path, renamed, Tiny().eval())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: (100 * t).to(torch.int8), "is int8, where the model has float32"),
        (lambda t: t > 0, "is bool"),
        (lambda t: t.to(torch.complex64), "is complex64"),
        (lambda t: t.to(torch.float8_e4m3fn), "is float8_e4m3fn"),
        (lambda t: t.to(torch.float8_e5m2), "is float8_e5m2"),
        (lambda t: t.to("meta"), "has no values"),
        (_quantised, r"is quantised \(qint8\)"),
    ],
)
def test_tensors_of_another_kind_are_refused_by_name(
    tmp_path: Path, change: Callable[[Tensor], Tensor], message: str
) -> None:
    """Their numbers are not the model's without scales that nobody knows."""
    state, path = tiny_state(), tmp_path / "odd.pth"
    torch.save(state | {"head.weight": change(state["head.weight"])}, path)
    found = resolve_weights(tiny_variant(), named=str(path), folder=None, cache=tmp_path, observer=SilentObserver())
    assert found is not None
    with pytest.raises(WeightsError, match=rf"odd\.pth: head\.weight {message}"):
        fit_weights(Tiny(), found, classes=10, dataset_title="ImageNet-1k")


def test_sparse_tensors_are_made_dense_knowingly(tmp_path: Path) -> None:
    """The record says so."""
    state, path, model = tiny_state(), tmp_path / "sparse.pth", Tiny()
    torch.save(state | {"head.weight": state["head.weight"].to_sparse()}, path)
    found = resolve_weights(tiny_variant(), named=str(path), folder=None, cache=tmp_path, observer=SilentObserver())
    assert found is not None
    weights = fit_weights(model, found, classes=10, dataset_title="ImageNet-1k")
    assert weights.undone == ("sparse_coo tensors made dense",)
    assert torch.equal(model.head.weight, state["head.weight"])


def _write_shards(folder: Path) -> Path:
    state = list(tiny_state().items())
    names = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    for name, part in zip(names, (state[:4], state[4:]), strict=True):
        save_file(dict(part), folder / name)
    index = folder / "model.safetensors.index.json"
    places = {key: names[number >= 4] for number, (key, _) in enumerate(state)}
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return index


@pytest.mark.parametrize("named", ["model.safetensors.index.json", "model-00002-of-00002.safetensors", "."])
def test_a_checkpoint_in_several_files_is_one(tmp_path: Path, named: str) -> None:
    """By its index, by any of its files, or by their folder; its hash covers all of them."""
    _write_shards(tmp_path)
    found = resolve_weights(
        tiny_variant(), named=str(tmp_path / named), folder=None, cache=tmp_path, observer=SilentObserver()
    )
    assert found is not None
    assert len(found.bytes_and_mtime) == 3
    model = Tiny()
    fit_weights(model, found, classes=10, dataset_title="ImageNet-1k")
    assert all(torch.equal(value, tiny_state()[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize("index", ["{}", '{"weight_map": {"a": "../x"}}', '{"weight_map": 3}', "[" * 99999])
def test_an_index_that_is_none_is_refused(tmp_path: Path, index: str) -> None:
    """Also one that names files elsewhere."""
    path = tmp_path / "model.safetensors.index.json"
    path.write_text(index)
    with pytest.raises(WeightsError, match=r"is no index of|do not lie beside it"):
        resolve_weights(tiny_variant(), named=str(path), folder=None, cache=tmp_path, observer=SilentObserver())


def test_official_file_names_are_known_in_a_folder(tmp_path: Path) -> None:
    """The published file may lie there under its own name."""
    save_file(tiny_state(), tmp_path / "tiny_official-1234.pth")
    variant = tiny_variant(Checkpoint("https://example.org/models/tiny_official-1234.pth", "MIT"))
    found = resolve_weights(variant, named=None, folder=tmp_path, cache=tmp_path, observer=SilentObserver())
    assert found is not None
    assert found.path.name == "tiny_official-1234.pth"
