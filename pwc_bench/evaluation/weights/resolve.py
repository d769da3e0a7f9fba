"""From a variant to a file on this machine, fetched and checked."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Weights
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.weights.fetch import fetch
from pwc_bench.evaluation.weights.locate import checkpoint_files, places_of
from pwc_bench.evaluation.weights.place import Place, UnavailableError, check_pin, file_sha256


@dataclass(frozen=True, slots=True)
class ResolvedWeights:
    """A checkpoint at hand. Holds no tensors: `fit_weights` reads them."""

    path: Path
    """The file on this machine; never written into a record."""
    weights: Weights
    """What a record says of it: status, uri, SHA-256 of the file."""
    bytes_and_mtime: tuple[tuple[int, int], ...]
    """Each file's size in bytes and its time of change in ns, as they were when it was hashed."""

    def check_unchanged(self) -> None:
        """Raise WeightsError where the file was changed since it was hashed, as by a training that goes on."""
        if _bytes_and_mtime(checkpoint_files(self.path, self.path.name)) != self.bytes_and_mtime:
            raise WeightsError(f"{self.weights.uri} was changed while it was read: copy it first, then run again")


def resolve_weights(
    variant: Variant, *, named: str | None, folder: Path | None, cache: Path, observer: Observer
) -> ResolvedWeights | None:
    """Return the weights of `variant` as a checked file on this machine, None where it has no public ones.

    `named` (a path, an address or "hub:ID") wins; then a file in `folder` named after the key or after timm's name
    (KEY.pth, .pt, .safetensors, .bin, KEY/model.safetensors, KEY/pytorch_model.bin, or the index of several files), or
    as the published file is; then the public checkpoints in order, the next one if a place cannot be reached.
    Downloads are kept below `cache`. Raises WeightsError in one line.
    """
    places = places_of(variant, named=named, folder=folder)
    failures: list[str] = []
    for place in places:
        try:
            resolved = _resolved(place, cache, observer)
        except UnavailableError as error:
            failures.append(str(error))
            if place is not places[-1]:
                observer.warning(f"{error}; trying the next place")
        else:
            return resolved
    if failures:
        hint = f" (or name a file: --weights {variant.key}=FILE)"
        raise WeightsError("; ".join(failures) + hint)
    return None


def _resolved(place: Place, cache: Path, observer: Observer) -> ResolvedWeights:
    path = _fetched(place, cache, observer)
    files = checkpoint_files(path, place.name)
    before = _bytes_and_mtime(files)
    sha256 = file_sha256(path, place.name) if len(files) == 1 else _sha256_of_all(files)
    check_pin(sha256, place.sha256, place.name)
    return ResolvedWeights(path, Weights(place.status, place.name, sha256), before)


def _fetched(place: Place, cache: Path, observer: Observer) -> Path:
    if place.is_hub:
        from pwc_bench.evaluation.weights.hub import fetch_from_hub  # the hub's client takes long to import

        return fetch_from_hub(place.uri, observer)
    return fetch(place.uri, cache, observer) if place.is_address else Path(place.uri)


def _bytes_and_mtime(files: tuple[Path, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((found.st_size, found.st_mtime_ns) for found in (path.stat() for path in files))


def _sha256_of_all(files: tuple[Path, ...]) -> str:
    lines = (f"{file_sha256(path, path.name)}  {path.name}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
