"""Labels of images whose names do not tell their class: from what lies beside them."""

from collections.abc import Sequence
from pathlib import Path

from pwc_bench.core.errors import SourceError
from pwc_bench.sources._classes import ClassIndex
from pwc_bench.sources._devkit import DEVKIT_NAMES, labels_by_devkit
from pwc_bench.sources._label_files import KAGGLE_NAME, LABEL_FILE_NAMES, labels_by_file, labels_by_kaggle


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
