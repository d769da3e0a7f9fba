"""The JPEG files of a run: made here, or taken from a folder and repeated until there are enough."""

import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import UsageError
from pwc_bench.datasets import load_datasets
from pwc_bench.sources import open_source

__all__ = ["Files", "lay_out", "make_photograph", "open_files", "repeated_as_links", "spread_out"]

DATASET = "imagenet-1k"
"""The files are labelled as this one's."""

_SIZES_PX = ((500, 375), (375, 500), (500, 333), (500, 400), (333, 500), (640, 480), (500, 500), (400, 300))
"""Width and height as ImageNet has them: most are 500 on the longer side."""
_MADE = 200
"""So many different photographs are made; more files are re-encoded ones."""
_QUALITY = 96


@dataclass(frozen=True, slots=True)
class Files:
    """JPEG files in ImageFolder layout: `folder`/val/<class>/<number>.JPEG."""

    folder: Path
    paths: Sequence[Path]
    origin: str
    """Where the pixels come from, for the report."""

    @property
    def root(self) -> Path:
        """Return the folder of class folders."""
        return self.folder / "val"

    @property
    def mean_bytes(self) -> float:
        """Return the mean size of a file."""
        return sum(path.stat().st_size for path in self.paths) / len(self.paths)


def lay_out(folder: Path, classes: Sequence[str], images: int | None, data: Path | None) -> Files:
    """Write `images` files below `folder`, one class after the other; None for as many as `data` holds.

    Without `data` they are smoothed noise with the spectrum of photographs, at ImageNet's sizes: they cost about what
    photographs cost to decode. With `data`, its files are copied as they are, then repeated: cut by a few pixels and
    encoded anew, so that no two are equal. Raises UsageError where `data` holds no JPEG file.
    """
    found = [] if data is None else _jpegs(data)
    available = len(found) or _MADE
    count = images or available
    paths = [folder / "val" / classes[number % len(classes)] / f"{number:06d}.JPEG" for number in range(count)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)

    def write_original(number: int) -> None:
        data = found[number].read_bytes() if found else _encoded(make_photograph(number), _QUALITY)
        paths[number].write_bytes(data)

    def write_again(number: int) -> None:
        paths[number].write_bytes(_again(paths[number % available].read_bytes(), number // available))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(write_original, range(min(available, count))))
        list(pool.map(write_again, range(available, count)))
    repeated = f", repeated and re-encoded from {available:,}" if count > available else ""
    return Files(folder, paths, f"{'JPEG files of ' + data.name if data else 'smoothed noise made here'}{repeated}")


def spread_out(files: Files, images: int, folder: Path) -> Files:
    """Return `images` of the files, spread evenly, as hard links below `folder`; all where there are no more."""
    count = len(files.paths)
    if images >= count:
        return files
    chosen = []
    for original in (files.paths[number * count // images] for number in range(images)):
        link = folder / original.relative_to(files.folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(original)
        chosen.append(link)
    return Files(folder, chosen, files.origin)


def repeated_as_links(files: Files, images: int, folder: Path) -> Files:
    """Return so many files below `folder`, hard links to `files` over and over: many files that take no disk."""
    paths = []
    for number in range(images):
        original = files.paths[number % len(files.paths)]
        link = folder / "val" / original.parent.name / f"{number:06d}.JPEG"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(original)
        paths.append(link)
    return Files(folder, paths, files.origin)


def open_files(files: Files) -> ImageSource:
    """Open the files as the pipeline opens any ImageFolder."""
    return open_source(str(files.folder), load_datasets()[DATASET], split="val")


def make_photograph(seed: int) -> Image.Image:
    """Return an RGB image of noise at all scales, smooth and grainy at once, at one of ImageNet's sizes."""
    random = np.random.default_rng(seed)
    width, height = _SIZES_PX[seed % len(_SIZES_PX)]
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(8):
        # Grains of 2^k pixels, the coarser the stronger: so weighted, a file has about the bytes of a photograph.
        weight = 2.0 ** (octave / 2)
        size = (max(2, width >> octave), max(2, height >> octave))
        noise = Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
        total += (np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC), np.float32) - 127.5) * weight
    total *= 55.0 / total.std()
    return Image.fromarray(np.clip(total + 118.0, 0, 255).astype(np.uint8))


def _jpegs(data: Path) -> list[Path]:
    found = sorted(path for path in data.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg"})
    if not found:
        raise UsageError(f"--data {data} holds no JPEG file: name a folder with some, or leave it out")
    return found


def _again(original: bytes, copy: int) -> bytes:
    """Encode an image anew, cut by up to seven pixels and at another quality."""
    image = Image.open(io.BytesIO(original)).convert("RGB")
    cut = copy % 8
    return _encoded(image.crop((cut, cut, image.width, image.height)), 85 + copy % 11)


def _encoded(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
