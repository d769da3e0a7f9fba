"""Where images lie: a storage form a module, each declaring `FORM`; found by walking this folder.

A source holds names, labels and where the bytes are; bytes are read when they are asked for and never kept.
"""

import sys
import warnings
from dataclasses import replace

from pwc_bench.core.dataset import Dataset, ImageSource
from pwc_bench.core.errors import EvaluationError, PluginWarning, SourceError, UsageError, library_errors_as
from pwc_bench.core.parts import by_key, part_modules
from pwc_bench.isolation import contained, offered_parts
from pwc_bench.sources._items import Form
from pwc_bench.sources._location import Location, locate
from pwc_bench.sources._spread import spread

__all__ = ["ENTRY_POINT_GROUP", "Form", "Location", "load_forms", "open_source", "spread"]

ENTRY_POINT_GROUP = "pwc_bench.sources"
"""Other installed packages offer a Form under this entry-point group."""


def load_forms() -> dict[str, Form]:
    """Return every storage form by key: those of other packages first, so that they can know what ours do not.

    A broken offer is left out with a PluginWarning. Raises DuplicatePartError if two of our modules share a key.
    """
    modules = part_modules(sys.modules[__name__])
    own: dict[str, Form] = by_key(((module.FORM.key, module.FORM) for module in modules), "storage forms")
    offered = offered_parts(ENTRY_POINT_GROUP, _offered_forms, "storage forms", own, "FORM")
    return {key: _contained_form(form) for key, form in offered.items()} | own


def _offered_forms(offered: object) -> list[tuple[str, Form]]:
    if not isinstance(offered, Form):
        message = f"it offers {offered!r}: let it name a Form"
        raise UsageError(message)
    return [(offered.key, offered)]


def _contained_form(form: Form) -> Form:
    """Return another package's form such that it can fail for itself alone, and by the name of its module."""
    whose = f"{form.recognises.__module__}, of which the storage form {form.key} is,"

    def recognises(location: Location) -> bool:
        try:
            return bool(contained(lambda: form.recognises(location)))
        except EvaluationError as error:
            warnings.warn(f"{whose} is not asked: {error}", PluginWarning, stacklevel=2)
            return False

    def opened(location: Location) -> ImageSource:
        try:
            return contained(lambda: form.open(location))
        except EvaluationError as error:
            raise SourceError(f"{location.name}: {whose} cannot open it: {error}") from error

    return replace(form, recognises=recognises, open=opened)


def open_source(spec: str, dataset: Dataset, split: str = "val") -> ImageSource:
    """Open the images of `dataset` that lie at `spec`, in whatever form they are stored there.

    `spec` is a path or `hf:REPO[:SPLIT]`, as `--data` takes it; `split` chooses `val/` or `train/` where a path holds
    both. Every image gets the label of its synset or class name among `dataset.classes`. Raises SourceError where
    nothing is there, where an image has no label or an unknown one, and where the form is not known.
    """
    forms = load_forms()
    location = locate(spec, dataset, split)
    for form in sorted(forms.values(), key=lambda form: form.asked_last):
        with library_errors_as(SourceError, f"{spec}: cannot be read as {form.title}", "name other data, or mend it"):
            if form.recognises(location):
                return form.open(location)
    if location.listing is None:
        known = ", ".join(form.title for form in forms.values())
        raise SourceError(f"{spec}: this file is none of the forms that are read ({known})")
    raise SourceError(
        f"{spec}: no images in {location.name}; name a folder of class folders, the validation tar or its files, "
        "a folder saved by Hugging Face datasets, or parquet files"
    )
