"""Writes the demo's images as an ImageFolder: whole or not there at all, and the same bytes on every run."""

import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.errors import SourceError
from pwc_bench.datasets.demo.layout import CLASSES, IMAGES_PER_CLASS, SPLITS

Integers = NDArray[np.int64]

HUES = {"amber": (206, 142, 52), "jade": (70, 168, 104), "azure": (62, 122, 198), "plum": (158, 78, 172)}
"""The mean colour of each hue, RGB."""

SHORTER_SIDE_PX = (240, 300)
LONGER_SIDE_PX = (300, 420)
HUE_JITTER = 18
"""How far each channel of an image's two colours strays, in steps of 255."""
CONTRAST = (80, 120)
"""How far the figure's colour lies from the ground's, in steps of 255."""
GRAIN = 16
"""How far each pixel strays."""
JPEG_QUALITY = 88


def draw_jpeg(hue: str, texture: str, seed: tuple[int, ...]) -> bytes:
    """Return one JPEG file of a hue (a key of HUES) and a texture (a key of TEXTURES): the same bytes for a seed."""
    generator = np.random.default_rng(seed)
    width_px, height_px = _size_px(generator)
    rows, columns = np.indices((height_px, width_px), dtype=np.int64)
    figure = TEXTURES[texture](rows, columns, generator)[..., None]
    ground_colour = np.array(HUES[hue]) + generator.integers(-HUE_JITTER, HUE_JITTER, 3, endpoint=True)
    contrast = int(generator.integers(*CONTRAST)) * (1 if generator.integers(2) else -1)
    pixels = ground_colour + contrast * figure + generator.integers(-GRAIN, GRAIN, (height_px, width_px, 3))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _size_px(generator: np.random.Generator) -> tuple[int, int]:
    shorter_px = int(generator.integers(*SHORTER_SIDE_PX, endpoint=True))
    longer_px = int(generator.integers(*LONGER_SIDE_PX, endpoint=True))
    return (longer_px, shorter_px) if generator.integers(2) else (shorter_px, longer_px)


def _stripes(rows: Integers, columns: Integers, generator: np.random.Generator) -> Integers:
    """Draw bands that lean up to about 50 degrees from upright; 1 on a band, 0 beside it."""
    lean = int(generator.integers(-5, 5, endpoint=True))
    period = int(generator.integers(20, 40, endpoint=True))
    shifted = 4 * columns + lean * rows + int(generator.integers(0, 1000))
    return shifted // (2 * period) % 2


def _dots(rows: Integers, columns: Integers, generator: np.random.Generator) -> Integers:
    """Draw round dots on a square grid; 1 on a dot, 0 beside it."""
    period = int(generator.integers(8, 14, endpoint=True))
    down, right = (int(shift) for shift in generator.integers(0, period, 2))
    away_rows = 2 * ((rows + down) % period) - period
    away_columns = 2 * ((columns + right) % period) - period
    radius = period * 7 // 10
    return (away_rows**2 + away_columns**2 < radius**2).astype(np.int64)


TEXTURES: dict[str, Callable[[Integers, Integers, np.random.Generator], Integers]] = {
    "dots": _dots,
    "stripes": _stripes,
}
"""The textures by name: rows, columns and a generator in, 1 on the figure and 0 on the ground out."""


FOLDER_NAME = "demo-v1"
"""Changes whenever the images do, so that an old folder is never taken for a new one."""

MANIFEST_NAME = "manifest.sha256"
"""The hash of every file, as `sha256sum` writes it; lies beside `train/` and `val/`, and is written last."""


def write_demo(folder: Path) -> Path:
    """Write the images below `folder` where they are not there yet, and return the folder of `train/` and `val/`.

    Files appear all at once; two processes may do this at the same time; a folder in which a file is missing, changed
    or too many is made anew. Raises SourceError where `folder` cannot be written.
    """
    target = folder / FOLDER_NAME
    if _is_complete(target):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{FOLDER_NAME}.lock"):
            if not _is_complete(target):  # another process may have been faster
                _replace(target)
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(
            f"cannot write the demo's images in {folder}: {reason}; name another cache with PWC_BENCH_CACHE"
        ) from error
    return target


def _is_complete(target: Path) -> bool:
    """Whether the folder holds exactly the files of its manifest, and the number that there should be."""
    try:
        lines = (target / MANIFEST_NAME).read_text(encoding="utf-8").splitlines()
        promised = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        present = {_name(path, target) for path in target.rglob("*") if path.is_file()} - {MANIFEST_NAME}
        wanted = len(SPLITS) * len(CLASSES) * IMAGES_PER_CLASS
        return (
            len(promised) == wanted
            and present == promised.keys()
            and all(_sha256((target / name).read_bytes()) == digest for name, digest in promised.items())
        )
    except (OSError, UnicodeDecodeError):
        return False


def _replace(target: Path) -> None:
    for leftover in target.parent.glob(f".{FOLDER_NAME}-*"):  # of a process that was killed
        _remove(leftover)
    made = Path(tempfile.mkdtemp(prefix=f".{FOLDER_NAME}-", dir=target.parent))
    made.chmod(0o755)
    _write(made)
    damaged = made.with_name(f"{made.name}-damaged")
    if target.exists():
        target.rename(damaged)
    made.rename(target)
    if damaged.exists():
        _remove(damaged)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _write(root: Path) -> None:
    lines = []
    for split_number, split in enumerate(SPLITS):
        for label, class_id in enumerate(CLASSES):
            (root / split / class_id).mkdir(parents=True)
            hue, _, texture = class_id.partition("-")
            for number in range(IMAGES_PER_CLASS):
                path = root / split / class_id / f"{number}.jpg"
                data = draw_jpeg(hue, texture, (1, split_number, label, number))
                path.write_bytes(data)
                lines.append(f"{_sha256(data)}  {_name(path, root)}\n")
    (root / MANIFEST_NAME).write_text("".join(lines), encoding="utf-8")


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
