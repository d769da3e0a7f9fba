"""Everything that a record knows about its machine, its settings and its origin, as facts in groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, yes_no
from pwc_bench.core.links import safe_url
from pwc_bench.core.record import Environment, Provenance, Weights, WeightsStatus

_UNKNOWN = "not recorded"
_CONFIGURATIONS = {
    "test": "test: the size and crop of timm's validate.py",
    "train": "train: the size and crop of the model's training",
}
"""What stands where a record holds None: the thing does not apply, or nobody knows."""

_ENVIRONMENT: Mapping[str, Mapping[str, str]] = {
    "Machine": {
        "device": "Device",
        "device_type": "Kind of device",
        "gpu_memory_mib": "GPU memory",
        "power_limit_watts": "GPU power limit",
        "cpu": "CPU",
        "cpu_count": "CPU cores",
        "memory_mib": "Memory",
        "os": "Operating system",
    },
    "Settings": {
        "precision": "Precision",
        "tf32": "TF32 allowed",
        "compile": "torch.compile",
        "cuda_graphs": "CUDA graphs",
        "memory_format": "Memory format",
        "implementation": "Implementation",
        "batch_size": "Batch size",
        "input_px": "Side of the input",
        "threads": "Torch threads",
        "workers": "Reading threads",
        "processes": "Processes",
    },
    "Versions": {
        "python": "Python",
        "torch": "PyTorch",
        "torchvision": "torchvision",
        "timm": "timm",
        "fvcore": "fvcore",
        "numpy": "NumPy",
        "pillow": "Pillow",
        "decoder": "Image decoder",
        "resize": "Images resized",
        "cuda": "CUDA",
        "cudnn": "cuDNN",
        "driver": "GPU driver",
    },
}
"""Every field of an environment, by the group in which it stands; a test keeps this whole."""

_UNITS = {"input_px": "px", "gpu_memory_mib": "MiB", "memory_mib": "MiB", "power_limit_watts": "W"}

_UNLESS_SAID = {"resize": "by Pillow, on the CPU"}
"""What holds where a record says nothing of it."""

_GPU_ONLY = frozenset({"cuda_graphs", "gpu_memory_mib", "power_limit_watts", "cuda", "cudnn", "driver"})

_WEIGHTS = {
    WeightsStatus.PUBLIC: "A public checkpoint",
    WeightsStatus.LOCAL: "A file of the user's own",
    WeightsStatus.PROBE: "A demo: a seeded random backbone, its head fitted in closed form",
    WeightsStatus.NONE: "None: cost and speed are measured on random weights",
}


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


def environment_groups(environment: Environment) -> tuple[FactGroup, ...]:
    """Return every field of `environment`, those that hold nothing included."""
    return tuple(
        FactGroup(title, tuple(Fact(term, _environment_value(environment, name)) for name, term in terms.items()))
        for title, terms in _ENVIRONMENT.items()
    )


def provenance_groups(provenance: Provenance) -> tuple[FactGroup, ...]:
    """Return every field of `provenance` but the failed images and the command, which have a place of their own."""
    return (
        FactGroup("Weights", tuple(_weights(provenance.weights))),
        FactGroup("Images", tuple(_images(provenance))),
        FactGroup("Code", tuple(_code(provenance))),
    )


def weights_text(weights: Weights) -> str:
    """Say in one phrase which kind of weights was evaluated."""
    return _WEIGHTS[weights.status]


def weights_address(uri: str | None) -> str | None:
    """Return where weights can be looked at in a browser: a hub page or a web address; None for a local file."""
    if uri is None:
        return None
    if uri.startswith("hub:"):
        return safe_url(f"https://huggingface.co/{uri.removeprefix('hub:').partition('@')[0]}")
    return safe_url(uri) if uri.startswith("https://") else None


def _environment_value(environment: Environment, name: str) -> str:
    value = getattr(environment, name)
    if value is None:
        is_gpus_own = name in _GPU_ONLY and environment.device_type == "cpu"
        return "no GPU was used" if is_gpus_own else _UNLESS_SAID.get(name, _UNKNOWN)
    if isinstance(value, bool):
        return yes_no(value)
    text = f"{value:,}" if isinstance(value, int) else f"{value}"
    return f"{text} {_UNITS[name]}" if name in _UNITS else text


def _hash(term: str, text: str | None) -> Fact:
    return Fact(term, _UNKNOWN) if text is None else Fact(term, text, is_code=True)


def _count(term: str, count: int | None) -> Fact:
    return Fact(term, _UNKNOWN if count is None else f"{count:,}")


def _weights(weights: Weights) -> Iterator[Fact]:
    yield Fact("Kind", weights_text(weights))
    if weights.status is WeightsStatus.NONE:
        return
    yield Fact("From", weights.uri or _UNKNOWN, weights_address(weights.uri), is_code=weights.uri is not None)
    yield _hash("SHA-256", weights.sha256)
    if weights.undone:
        yield Fact("Undone to fit the model", "; ".join(weights.undone))


def _images(provenance: Provenance) -> Iterator[Fact]:
    recipe = provenance.recipe
    if recipe is None and provenance.images_expected is not None:
        yield Fact("Recipe", "none: the one that the model states is not offered, and no image was read")
    elif recipe is None:
        yield Fact("Recipe", "none: cost and speed are measured on random input, no image is read")
    else:
        yield Fact("Recipe", recipe.key, is_code=True)
        if recipe.configuration is not None:
            yield Fact("Configuration", _CONFIGURATIONS.get(recipe.configuration, recipe.configuration))
        yield Fact("Pixels", recipe.description)
        yield Fact("Normalised by", f"mean {_triple(recipe.mean)}, standard deviation {_triple(recipe.std)}")
        yield Fact("Largest resized image", f"{recipe.max_resized_pixels:,} pixels")
        yield Fact("Recipe SHA-256", recipe.sha256, is_code=True)
        yield _count("Images expected", provenance.images_expected)
        yield _count("Images seen", provenance.images_seen)
        yield Fact("Images that failed", f"{len(provenance.images_failed):,}")
        yield Fact("Source", provenance.source or _UNKNOWN)
        yield _hash("Manifest SHA-256", provenance.manifest_sha256)
    if provenance.predictions is not None:
        yield Fact("Predictions", provenance.predictions.path, is_code=True)
        yield _hash("Predictions SHA-256", provenance.predictions.sha256)
    elif recipe is not None:
        yield Fact("Predictions", "none kept")


def _triple(values: tuple[float, float, float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _code(provenance: Provenance) -> Iterator[Fact]:
    yield Fact("pwc-bench", provenance.harness_version)
    yield _hash("Git commit", provenance.git_commit)
    dirty = provenance.git_dirty
    yield Fact("Uncommitted changes", _UNKNOWN if dirty is None else yes_no(dirty))
    yield Fact("Note", provenance.note or "none")
