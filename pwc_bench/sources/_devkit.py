"""The devkit of ILSVRC 2012: its validation labels are ids of its own, which its `meta.mat` maps to synsets."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

from pwc_bench.core.errors import SourceError, library_errors_as
from pwc_bench.sources._classes import ClassIndex
from pwc_bench.sources._location import DEVKIT
from pwc_bench.sources._plain_files import check_plain, file_bytes, text_of
from pwc_bench.sources._tar_members import tar_members

DEVKIT_NAMES = (DEVKIT, f"{DEVKIT}.tar.gz")

_META = "data/meta.mat"
_GROUND_TRUTH = "data/ILSVRC2012_validation_ground_truth.txt"
_ID = re.compile(r"[0-9]{1,9}")
_MAX_FILE_BYTES = 64 * 1024**2
"""The devkit's largest file is a hundredth of it."""
_IMAGE_NAME = re.compile(r"ILSVRC2012_val_(\d{8})\.JPEG", re.IGNORECASE)


def labels_by_devkit(names: Sequence[str], devkit: Path, index: ClassIndex) -> list[int]:
    """Return the labels of images named like `ILSVRC2012_val_00000001.JPEG`, in their order.

    Line n of the ground truth is image n's ILSVRC2012_ID (1 to 1000), meta.mat gives the id's synset, and the synset
    its label. Raises SourceError where a file is missing or damaged, an id is not one of meta.mat's, a synset is not
    one of the data set's, or an image has no line.
    """
    label_of_id = _label_of_id(_read(devkit, _META), f"{devkit.name}/{_META}", index)
    truth = text_of(_read(devkit, _GROUND_TRUTH), f"{devkit.name}/{_GROUND_TRUTH}").split()
    labels: list[int] = []
    for number, text in enumerate(truth, start=1):
        label = label_of_id.get(int(text)) if _ID.fullmatch(text) else None
        if label is None:
            raise SourceError(
                f"{devkit.name}/{_GROUND_TRUTH}: line {number} is {text!r}, not an id of meta.mat "
                f"({min(label_of_id)} to {max(label_of_id)}); fetch the devkit again"
            )
        labels.append(label)
    return [labels[_number(name, len(labels), devkit) - 1] for name in names]


def _number(name: str, count: int, devkit: Path) -> int:
    match = _IMAGE_NAME.fullmatch(name)
    number = int(match[1]) if match else 0
    if not 1 <= number <= count:
        raise SourceError(
            f"{name}: unlabelled, since {devkit.name} knows ILSVRC2012_val_00000001.JPEG to "
            f"ILSVRC2012_val_{count:08d}.JPEG only; remove the image or give a labels file"
        )
    return number


def _label_of_id(meta: bytes, where: str, index: ClassIndex) -> dict[int, int]:
    """Return the label of each ILSVRC2012_ID that is a class; the ids above are inner nodes of the hierarchy."""
    from scipy.io import loadmat

    with library_errors_as(SourceError, f"{where}: cannot be read as the devkit's table", "fetch the devkit again"):
        synsets = loadmat(io.BytesIO(meta), squeeze_me=True)["synsets"]
        leaves = [(int(row["ILSVRC2012_ID"]), str(row["WNID"])) for row in synsets if int(row["num_children"]) == 0]
    if not leaves:
        raise SourceError(f"{where}: names no classes; fetch the devkit again")
    return {ilsvrc_id: index.known_label(synset, where) for ilsvrc_id, synset in leaves}


def _read(devkit: Path, name: str) -> bytes:
    if devkit.is_dir():
        return file_bytes(devkit / name, f"{devkit.name}/{name}", SourceError, _MAX_FILE_BYTES)
    check_plain(devkit, devkit.name, SourceError)
    advice = "fetch the devkit again"
    with library_errors_as(SourceError, f"{devkit.name}: holds no readable {name}", advice):
        for archive, member in tar_members(devkit, devkit.name, "r", _MAX_FILE_BYTES):
            if member.name.removeprefix("./") == f"{DEVKIT}/{name}":
                content = archive.extractfile(member)
                if content is None:
                    raise SourceError(f"{devkit.name}: {name} is no file; {advice}")
                return content.read()
    raise SourceError(f"{devkit.name}: holds no readable {name}; {advice}")
