"""What the form of a submission asks, field by field, from the declaration of the file that it writes."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.knowledge_schema import json_schemas


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


_PARTED_BY = {"text": "\n", "key": ","}
"""What parts the elements of a list, by what they are."""


def asked_fields(form: str) -> Iterator[AskedField]:
    """Yield the fields of a form of the file, "PaperForm", that can be asked: no lists of mappings."""
    schema = json_schemas()[form]
    for name, field in schema["properties"].items():
        value = field.get("anyOf", [field])[0]
        each = value.get("items", value)
        if "$ref" not in each:
            parted_by = _PARTED_BY[each["title"]] if "items" in value else ""
            is_required = name in schema["required"]
            yield AskedField(name, each["title"], field["description"], parted_by, is_required, each.get("pattern", ""))


def asked_lists() -> Iterator[AskedList]:
    """Yield the lists of a file that a form can ask; further papers and methods are written by hand."""
    for name, form, prefix, title, add, note in (
        ("claims", "ClaimForm", "claim", "Claim", "Add a claim", ""),
        (
            "repositories",
            "RepositoryForm",
            "repository",
            "Repository",
            "Add a code repository",
            "Code for the paper that is described above.",
        ),
        (
            "tasks",
            "TaskForm",
            "task",
            "Task",
            "Describe a new task",
            "Only a task that this site does not list yet.",
        ),
        (
            "datasets",
            "DatasetForm",
            "data-set",
            "Data set",
            "Describe a new data set",
            "Only a data set that this site does not list yet.",
        ),
    ):
        # The paper of a claim is asked once, for all of them.
        fields = (field for field in asked_fields(form) if (name, field.name) != ("claims", "paper"))
        yield AskedList(name, prefix, title, add, note, tuple(fields))
