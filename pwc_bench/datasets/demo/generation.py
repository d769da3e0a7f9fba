"""Writes the demo's images as an ImageFolder: whole or not there at all, and the same bytes on every run."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from pwc_bench.core.errors import SourceError
from pwc_bench.datasets.demo.drawing import draw_jpeg
from pwc_bench.datasets.demo.layout import CLASSES, IMAGES_PER_CLASS, SPLITS

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
