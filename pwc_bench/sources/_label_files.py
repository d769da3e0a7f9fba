"""Files of labels that lie beside images: "name synset" or "name index" lines, and Kaggle's table."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pwc_bench.core.errors import SourceError
from pwc_bench.sources._classes import ClassIndex

__all__ = ["KAGGLE_NAME", "LABEL_FILE_NAMES", "labels_by_file", "labels_by_kaggle"]

LABEL_FILE_NAMES = ("labels.txt", "labels.csv", "labels.tsv", "val.txt", "val.csv", "val.tsv")
"""An image's file name, then its synset, or its index among the sorted synsets counted from 0; in .csv separated by a
comma, in .tsv by a tab, in .txt by blanks. A .csv or .tsv may begin with a line of titles."""

KAGGLE_NAME = "LOC_val_solution.csv"
"""Kaggle's labels: `ImageId,PredictionString`, an image's name without suffix, and boxes that begin with the synset."""

_TITLES = frozenset({"label", "synset", "class", "class_id", "wnid", "index", "target"})


def labels_by_file(names: Sequence[str], path: Path, index: ClassIndex) -> list[int]:
    """Return the labels of images by their file names, in their order.

    Raises SourceError where a line is no pair, a label is unknown, a name stands twice, an image has no line, or a
    line names an image that is not there.
    """
    labels: dict[str, int] = {}
    for number, row in _rows(path):
        where = f"{path.name} line {number}"
        if len(row) != 2 or not row[0]:
            raise SourceError(f"{where}: not an image's name and its synset or index")
        name, text = row
        if number == 1 and path.suffix != ".txt" and text.lower() in _TITLES:
            continue
        if name in labels:
            raise SourceError(f"{where}: the name {name!r} stands twice")
        labels[name] = _label(text, where, index)
    surplus = sorted(labels.keys() - set(names))
    if surplus:
        more = f" and {len(surplus) - 1} more" if len(surplus) > 1 else ""
        raise SourceError(f"{path.name}: names {surplus[0]!r}{more}, but there is no such image; remove the lines")
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
    if len(set(stems)) < len(stems):
        twice = next(name for name, stem in zip(names, stems, strict=True) if stems.count(stem) > 1)
        raise SourceError(f"{path.name}: {twice!r} has the same name as another image but for the suffix")
    return [_known(name, labels.get(stem), path) for name, stem in zip(names, stems, strict=True)]


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not blank, with its number, split into stripped fields."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise SourceError(f"{path.name}: the labels cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name}: the labels are not UTF-8 text") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if path.suffix == ".csv":
            fields = next(csv.reader([line]))
        else:
            fields = line.split("\t") if path.suffix == ".tsv" else line.rsplit(maxsplit=1)
        yield number, [field.strip() for field in fields]


def _label(text: str, where: str, index: ClassIndex) -> int:
    label = index.label(text)
    if label is not None:
        return label
    count = len(index.dataset.classes)
    if not text.isdecimal():
        return index.known_label(text, where)
    if int(text) >= count:
        raise SourceError(
            f"{where}: the index {text} is not from 0 to {count - 1}, counted along the sorted classes; ILSVRC's own "
            "ids from 1 need the devkit instead"
        )
    return int(text)


def _known(name: str, label: int | None, path: Path) -> int:
    if label is None:
        raise SourceError(f"{name}: unlabelled, since {path.name} does not name it; add a line or remove the image")
    return label
