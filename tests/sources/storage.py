"""Writes images in every form in which people store them: real JPEGs, tars, devkits, tables."""

import io
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from pwc_bench.core.dataset import ImageSource
from pwc_bench.datasets.imagenet import DATASET as IMAGENET

__all__ = [
    "GOLDFISH",
    "IMAGENET",
    "SHARK",
    "TENCH",
    "TOILET_PAPER",
    "jpeg",
    "labels_by_name",
    "official_name",
    "write_devkit",
    "write_files",
    "write_tar",
]

TENCH, GOLDFISH, SHARK, TOILET_PAPER = "n01440764", "n01443537", "n01484850", "n15075141"
"""Synsets with the labels 0, 1, 2 and 999."""


def jpeg(seed: int) -> bytes:
    """A small JPEG file, another one for each seed."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (seed * 7 % 256, seed * 31 % 256, seed)).save(buffer, "JPEG")
    return buffer.getvalue()


def official_name(number: int) -> str:
    """The name of a validation image."""
    return f"ILSVRC2012_val_{number:08d}.JPEG"


def write_files(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Write a JPEG for each name below `root`; return the bytes."""
    written: dict[str, bytes] = {}
    for seed, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.setdefault(name, jpeg(seed)))
    return written


def write_tar(path: Path, files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], mode: str = "w") -> None:
    """Write files into a tar, in the order given; a name that ends with "/" is a folder."""
    pairs = files.items() if isinstance(files, Mapping) else files
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in pairs:
            member = tarfile.TarInfo(name.rstrip("/"))
            member.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def write_devkit(
    parent: Path,
    truth: Sequence[int | str],
    synset_of_id: Mapping[int, str],
    *,
    inner: Sequence[tuple[int, str]] = ((1001, "n00001740"), (1002, "n00001930")),
) -> Path:
    """Write a devkit folder: ILSVRC ids by image, and the table of ids, with inner nodes of the hierarchy."""
    data = parent / "ILSVRC2012_devkit_t12" / "data"
    data.mkdir(parents=True)
    fields = ("ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "wordnet_height")
    table = np.empty(len(synset_of_id) + len(inner), dtype=[(name, object) for name in fields])
    rows = [(number, synset, 0) for number, synset in synset_of_id.items()]
    rows += [(number, synset, 2) for number, synset in inner]
    for place, (number, synset, children) in enumerate(rows):
        table[place] = (float(number), synset, "words", "gloss", float(children), np.zeros((1, children)), 0.0)
    savemat(data / "meta.mat", {"synsets": table})
    lines = "".join(f"{line}\n" for line in truth)
    (data / "ILSVRC2012_validation_ground_truth.txt").write_text(lines)
    return data.parent


def labels_by_name(source: ImageSource) -> dict[str, int]:
    """What a source says of each image."""
    return {item.name: item.label for item in source.items}
