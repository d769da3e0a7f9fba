"""Files of labels that lie beside images: "name synset" or "name index" lines, and Kaggle's table."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pwc_bench.core.errors import SourceError, library_errors_as
from pwc_bench.sources._columns import ClassIndex
from pwc_bench.sources._files import check_plain, file_bytes, file_text, tar_members, text_of
from pwc_bench.sources._location import DEVKIT, is_image

LABEL_FILE_NAMES = ("labels.txt", "labels.csv", "labels.tsv", "val.txt", "val.csv", "val.tsv")
"""An image's file name, then its synset, or its index among the sorted synsets counted from 0; in .csv separated by a
comma, in .tsv by a tab, in .txt by blanks. The name may lack its suffix, and may have folders before it; if the last
folder is a synset, nothing need follow. The first line may be titles."""

KAGGLE_NAME = "LOC_val_solution.csv"
"""Kaggle's labels: `ImageId,PredictionString`, an image's name without suffix, and boxes that begin with the synset."""

_TITLES = frozenset({"label", "synset", "class", "class_id", "wnid", "index", "target", "predictionstring"})

_MOST_DIGITS = 20
"""Of an index: Python refuses to read numbers of thousands of digits."""


def labels_by_file(names: Sequence[str], path: Path, index: ClassIndex) -> list[int]:
    """Return the labels of images by their file names, in their order.

    Raises SourceError if a line is no pair, a label is unknown, a name stands twice, an image has no line, or a line
    names an image that is not there.
    """
    named = _Names(names)
    labels: dict[str, int] = {}
    absent: list[str] = []
    for number, row in _rows(path):
        where = f"{path.name} line {number}"
        if number == 1 and len(row) == 2 and row[1].lower() in _TITLES:
            continue
        written, label = _pair(row, where, index)
        name = named.meant(written)
        if name is None:
            absent.append(written)
        elif name in labels:
            raise SourceError(f"{where}: the name {written!r} stands twice")
        else:
            labels[name] = label
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise SourceError(
            f"{path.name}: names {absent[0]!r}{more}, but there is no such image (they are named like "
            f"{names[0]!r}): is it the list of another folder, or are images missing?"
        )
    return [_known(name, labels.get(name), path) for name in names]


def labels_by_kaggle(names: Sequence[str], path: Path, index: ClassIndex) -> list[int]:
    """Return the labels of images by their file names without suffix, in their order. Raises SourceError likewise.

    The table is official and whole, so it may name images that are not there.
    """
    labels: dict[str, int] = {}
    for number, row in _rows(path):
        where = f"{path.name} line {number}"
        if number == 1 and row == ["ImageId", "PredictionString"]:
            continue
        if len(row) != 2 or not row[0] or not row[1].split():
            raise SourceError(f"{where}: not an ImageId and a PredictionString")
        if row[0] in labels:
            raise SourceError(f"{where}: the name {row[0]!r} stands twice")
        labels[row[0]] = index.known_label(row[1].split()[0], where)
    stems = [PurePosixPath(name).stem for name in names]
    counts = Counter(stems)
    for name, stem in zip(names, stems, strict=True):
        if counts[stem] > 1:
            raise SourceError(f"{path.name}: {name!r} has the same name as another image but for the suffix")
    return [_known(name, labels.get(stem), path) for name, stem in zip(names, stems, strict=True)]


class _Names:
    """Images by what lists call them: their file name, or it without suffix or with another one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)
        stems = Counter(PurePosixPath(name).stem for name in names)
        self._by_stem = {stem: name for name in names if stems[stem := PurePosixPath(name).stem] == 1}

    def meant(self, written: str) -> str | None:
        """Return the name of the image that a list means, None if there is none, or two."""
        last = written.replace("\\", "/").rpartition("/")[2]
        for name in (written, last):
            if name in self._names:
                return name
        return self._by_stem.get(PurePosixPath(last).stem if is_image(last) else last)


def _pair(row: Sequence[str], where: str, index: ClassIndex) -> tuple[str, int]:
    """Return what a line calls an image, and its label: what stands behind it, or the folder before it."""
    folders = row[0].replace("\\", "/").split("/")[:-1] if row else []
    of_folder = index.label(folders[-1]) if folders else None
    if len(row) == 1 and of_folder is not None:
        return row[0], of_folder
    if len(row) != 2 or not row[0]:
        raise SourceError(f"{where}: not an image's name and its synset or index")
    label = label_of_index(row[1], where, index)
    if of_folder is not None and label != of_folder:
        raise SourceError(f"{where}: the folder says {folders[-1]}, the label {row[1]!r}; keep the one that is right")
    return row[0], label


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not blank, with its number, split into stripped fields."""
    for number, line in enumerate(file_text(path, path.name).splitlines(), start=1):
        if line.strip():
            yield number, [field.strip() for field in _fields(line, path.suffix)]


def _fields(line: str, suffix: str) -> list[str]:
    """Split a line as its file's suffix says; text whose fields no blank parts may have a comma or a semicolon."""
    if suffix == ".tsv" and "\t" in line:
        return line.split("\t")
    by_blanks = line.rsplit(maxsplit=1)
    if suffix == ".txt" and len(by_blanks) == 2 and not by_blanks[0].endswith((",", ";")):
        return by_blanks
    for delimiter in (",", ";", "\t"):
        if delimiter in line:
            return next(csv.reader([line], delimiter=delimiter))
    return [line]


def label_of_index(text: str, where: str, index: ClassIndex) -> int:
    """Return the label of a synset, or of an index among the sorted synsets. Raises SourceError for any other."""
    label = index.label(text)
    if label is not None:
        return label
    count = len(index.dataset.classes)
    if not (text.isascii() and text.isdecimal()):
        return index.known_label(text, where)
    if len(text) > _MOST_DIGITS or int(text) >= count:
        raise SourceError(
            f"{where}: the index {text[:_MOST_DIGITS]} is not from 0 to {count - 1}, counted along the sorted classes; "
            "ILSVRC's own ids from 1 need the devkit instead"
        )
    return int(text)


def _known(name: str, label: int | None, path: Path) -> int:
    if label is None:
        raise SourceError(f"{name}: unlabelled, since {path.name} does not name it; add a line or remove the image")
    return label


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


def labels_beside(names: Sequence[str], places: Sequence[Path], index: ClassIndex, where: str) -> list[int]:
    """Return the labels of images by their names, in their order.

    Each of `places` is searched in turn, first for a labels file or Kaggle's table, then for the devkit. Raises
    SourceError, beginning with `where`, where there are none, or more files of labels than one in one place.
    """
    for place in places:
        files = [place / name for name in (*LABEL_FILE_NAMES, KAGGLE_NAME) if (place / name).is_file()]
        if len(files) > 1:
            names_found = " and ".join(path.name for path in files)
            raise SourceError(f"{where}: labels in both {names_found}; keep the one that is meant")
        if files:
            by_form = labels_by_kaggle if files[0].name == KAGGLE_NAME else labels_by_file
            return by_form(names, files[0], index)
        for devkit in (place / name for name in DEVKIT_NAMES):
            if devkit.exists():
                return labels_by_devkit(names, devkit, index)
    raise SourceError(
        f"{where}: the images are unlabelled; put {DEVKIT_NAMES[1]}, {KAGGLE_NAME} or {LABEL_FILE_NAMES[0]} "
        "(lines of file name and synset) beside them, or sort them into folders named by class"
    )
