"""Predictions that lie beside a file of records: copied into the database's folder, after their hash was checked."""

import hashlib
import re
import shutil
from enum import StrEnum
from pathlib import Path

from pwc_bench.core.record import PredictionsFile

_PATH = re.compile(r"predictions/[0-9a-f]{64}\.parquet")


class Copied(StrEnum):
    """What became of one file."""

    COPIED = "copied"
    PRESENT = "present"
    """The database's folder has it already."""
    ABSENT = "absent"
    """It does not lie beside the records."""
    REFUSED = "refused"
    """Its bytes are not those that the record names, or its path is none of ours."""


def copy_predictions(predictions: PredictionsFile, beside: Path, folder: Path) -> Copied:
    """Copy the file of a record that lies below `beside` to the same path below `folder`, whole or not at all."""
    if not _PATH.fullmatch(predictions.path):  # never outside the two folders
        return Copied.REFUSED
    source, target = beside / predictions.path, folder / predictions.path
    if target.is_file():
        return Copied.PRESENT
    if not source.is_file():
        return Copied.ABSENT
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.copying")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != predictions.sha256:
                return Copied.REFUSED
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Copied.COPIED
