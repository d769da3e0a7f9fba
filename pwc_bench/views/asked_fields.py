"""What the form of a submission asks, field by field, from the declaration of the file that it writes."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.knowledge_schema import CLAIM, DATASET, PATTERNS, REPOSITORY, TASK, Entry, Form

__all__ = ["AskedField", "AskedList", "asked_fields", "asked_lists"]


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field of the form."""

    name: str
    form: str
    """What it holds, or each element of a list, in words: "key", "web address"."""
    meaning: str
    parted_by: str
    """What parts the elements of a list: a line's end for texts, a comma for keys; "" where it is none."""
    is_required: bool
    pattern: str
    """A regular expression for the whole value, or for each of a list's; "" for a choice."""


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list of the file, of which the form asks as many entries as somebody adds."""

    name: str
    """The field of the file that holds it: "claims"."""
    prefix: str
    """What the ids of its fields begin with: "claim"."""
    title: str
    """What an entry is: "Claim"; its number follows."""
    add: str
    """What the button that adds one says."""
    note: str
    fields: tuple[AskedField, ...]


_LISTS = {Form.TEXTS: (Form.TEXT, "\n"), Form.KEYS: (Form.KEY, ",")}
"""What a list holds, and what parts it."""


def asked_fields(entry: Entry) -> Iterator[AskedField]:
    """Yield the fields that a form can ask: no lists of mappings, and of a claim not its paper, which is asked once."""
    for field in entry.fields:
        if field.form in {Form.ENTRY, Form.ENTRIES} or (entry is CLAIM and field.name == "paper"):
            continue
        form, parted_by = _LISTS.get(field.form, (field.form, ""))
        pattern = PATTERNS.get(field.form, "")
        yield AskedField(field.name, str(form), field.meaning, parted_by, field.is_required, pattern)


def asked_lists() -> Iterator[AskedList]:
    """Yield the lists of a file that a form can ask; further papers and methods are written by hand."""
    for name, entry, title, add, note in (
        ("claims", CLAIM, "Claim", "Add a claim", ""),
        (
            "repositories",
            REPOSITORY,
            "Repository",
            "Add a code repository",
            "Code for the paper that is described above.",
        ),
        ("tasks", TASK, "Task", "Describe a new task", "Only a task that this site does not list yet."),
        (
            "datasets",
            DATASET,
            "Data set",
            "Describe a new data set",
            "Only a data set that this site does not list yet.",
        ),
    ):
        prefix = entry.name.replace(" ", "-")
        yield AskedList(name, prefix, title, add, note, tuple(asked_fields(entry)))
