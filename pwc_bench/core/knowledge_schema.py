"""The form of knowledge files and submissions, declared once: for the parser, and for the JSON Schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pwc_bench.core.claim import PRINTED
from pwc_bench.core.measurement import Json
from pwc_bench.core.text_forms import ARXIV, DATE, KEY, NAME, PARTIAL_DATE, TEXT, WEB

__all__ = [
    "CLAIM", "DATASET", "FILE", "METHOD", "PAPER", "PATTERNS", "RELATED", "REPOSITORY", "TASK", "Entry", "Field",
    "Form", "knowledge_json_schema",
]  # fmt: skip


class Form(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NAME = "name"
    """Words on one line, with single spaces between."""
    KEY = "key"
    """Lower-case words joined by hyphens, dots or underscores, of 120 characters at most."""
    PRINTED_NUMBER = "printed number"
    """A number as it was printed, in quotes."""
    URL = "web address"
    ARXIV = "arXiv number"
    DATE = "date"
    PARTIAL_DATE = "date, or its year and month, or its year"
    YEAR = "year"
    FLAG = "true or false"
    TEXTS = "texts"
    KEYS = "keys"
    ENTRY = "mapping"
    ENTRIES = "list of mappings"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry. One that is not required may be left out, or be null."""

    name: str
    form: Form
    meaning: str
    is_required: bool = False
    of: "Entry | None" = None
    """The entry that ENTRY and ENTRIES hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping with declared fields and no others."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


def _needed(name: str, form: Form, meaning: str) -> Field:
    return Field(name, form, meaning, is_required=True)


REPOSITORY = Entry(
    "repository",
    "A place with code for a paper.",
    (
        _needed("url", Form.URL, "Its address."),
        Field("is_official", Form.FLAG, "Whether the authors published it; false if not said."),
        Field("framework", Form.TEXT, "What it is written with: PyTorch."),
    ),
)
RELATED = Entry(
    "related paper",
    "A paper that is listed beside another one.",
    (
        _needed("title", Form.TEXT, "Its title."),
        _needed("date", Form.DATE, "When it appeared."),
        Field("url", Form.URL, "Its address, where it is known."),
    ),
)
PAPER = Entry(
    "paper",
    "A publication.",
    (
        _needed("slug", Form.KEY, "Its name in addresses, by which claims refer to it."),
        _needed("title", Form.TEXT, "Its title."),
        Field("authors", Form.TEXTS, "Its authors, in order."),
        _needed("date", Form.DATE, "When it appeared."),
        _needed("abstract", Form.TEXT, "Its abstract."),
        Field("tasks", Form.KEYS, "The slugs of its tasks."),
        Field("methods", Form.KEYS, "The slugs of the methods that it introduces or uses."),
        Field("datasets", Form.KEYS, "The keys of the data sets that it evaluates on."),
        Field("arxiv", Form.ARXIV, "Its arXiv number in quotes, without a version."),
        Field("venue", Form.TEXT, "Where it was published."),
        Field("url", Form.URL, "The page of its abstract."),
        Field("pdf_url", Form.URL, "Its PDF."),
        Field("repositories", Form.ENTRIES, "Places with code for it.", of=REPOSITORY),
        Field("related", Form.ENTRIES, "Papers that are listed beside it.", of=RELATED),
    ),
)
TASK = Entry(
    "task",
    "What a model is asked to do.",
    (
        _needed("slug", Form.KEY, "Its name in addresses, by which claims refer to it."),
        _needed("title", Form.TEXT, "Its title."),
        _needed("description", Form.TEXT, "One or two sentences."),
    ),
)
DATASET = Entry(
    "data set",
    "A data set as publications describe it.",
    (
        _needed("key", Form.KEY, "Its key, by which claims refer to it."),
        _needed("title", Form.TEXT, "Its title."),
        _needed("description", Form.TEXT, "What it is, and how large."),
        Field("homepage", Form.URL, "Where it comes from."),
        Field("introduced", Form.PARTIAL_DATE, "When it appeared."),
        Field("tasks", Form.KEYS, "The slugs of its tasks."),
    ),
)
METHOD = Entry(
    "method",
    "A building block of models.",
    (
        _needed("slug", Form.KEY, "Its name in addresses, by which papers refer to it."),
        _needed("title", Form.TEXT, "Its short name."),
        _needed("full_name", Form.TEXT, "Its whole name."),
        _needed("description", Form.TEXT, "What it does."),
        Field("paper", Form.KEY, "The slug of the paper that introduced it, where that is described."),
        Field("source_title", Form.TEXT, "The title of the publication that introduced it."),
        Field("source_url", Form.URL, "Where that can be read."),
        Field("introduced_year", Form.YEAR, "When it was introduced."),
    ),
)
CLAIM = Entry(
    "claim",
    "One published number, with its printed digits and its source.",
    (
        Field("paper", Form.KEY, "The slug of the paper or page that claims it; by default the file's paper."),
        _needed("model", Form.TEXT, "The model's name as printed."),
        Field("variant", Form.KEY, "The key of our variant, where it is one."),
        _needed("task", Form.KEY, "The task's slug."),
        _needed("dataset", Form.KEY, "The data set's key."),
        _needed("metric", Form.NAME, "The key of a metric that we measure, or another metric's name: EM, mAP@0.5."),
        _needed("value", Form.PRINTED_NUMBER, "The number as printed, in quotes, so that its digits are kept."),
        Field("unit", Form.TEXT, "The unit as printed; none if not said."),
        _needed("source", Form.TEXT, "Where it stands: a table, a figure, a file."),
        Field(
            "uses_additional_data",
            Form.FLAG,
            "Whether more than the data set was trained on: true, false, or left out if not stated.",
        ),
        Field("evaluated_on", Form.DATE, "The date of the evaluation, where it is known."),
        Field("conditions", Form.TEXT, "What the number depends on: the machine of a speed, a part of the data."),
        Field("source_url", Form.URL, "Where the source can be read."),
    ),
)
FILE = Entry(
    "knowledge",
    "What publications say: a file that ships with pwc-bench, or a submission.",
    (
        Field("paper", Form.ENTRY, "The paper that the file is about.", of=PAPER),
        Field("repositories", Form.ENTRIES, "Places with code for `paper`.", of=REPOSITORY),
        Field("papers", Form.ENTRIES, "Further papers.", of=PAPER),
        Field("tasks", Form.ENTRIES, "Tasks that claims and papers refer to.", of=TASK),
        Field("datasets", Form.ENTRIES, "Data sets that claims and papers refer to.", of=DATASET),
        Field("methods", Form.ENTRIES, "Methods that papers refer to.", of=METHOD),
        Field("claims", Form.ENTRIES, "Published numbers.", of=CLAIM),
    ),
)

PATTERNS: Mapping[Form, str] = {
    Form.TEXT: TEXT.pattern,
    Form.TEXTS: TEXT.pattern,
    Form.NAME: NAME.pattern,
    Form.KEY: KEY.pattern,
    Form.KEYS: KEY.pattern,
    Form.PRINTED_NUMBER: PRINTED.pattern,
    Form.URL: WEB.pattern,
    Form.ARXIV: ARXIV.pattern,
    Form.DATE: DATE.pattern,
    Form.PARTIAL_DATE: PARTIAL_DATE.pattern,
}
"""What the whole text of a field must look like, or of each element where it is a list."""

_TEXTS: Mapping[Form, dict[str, Json]] = {
    form: {"type": "string", "pattern": f"^({pattern})$"} for form, pattern in PATTERNS.items()
}
_VALUES: Mapping[Form, dict[str, Json]] = {
    **_TEXTS,
    Form.DATE: {**_TEXTS[Form.DATE], "format": "date"},
    Form.PARTIAL_DATE: {"anyOf": [_TEXTS[Form.PARTIAL_DATE], {"type": "integer", "minimum": 1000, "maximum": 9999}]},
    Form.YEAR: {"type": "integer", "minimum": 1000, "maximum": 2999},
    Form.FLAG: {"type": "boolean"},
    Form.TEXTS: {"type": "array", "items": _TEXTS[Form.TEXT]},
    Form.KEYS: {"type": "array", "items": _TEXTS[Form.KEY]},
}


def knowledge_json_schema() -> Mapping[str, Json]:
    """Return the JSON Schema (2020-12) of knowledge files and submissions, for editors and other programs.

    What a schema cannot say is the parser's alone: that a claim stands once.
    """
    whole = _object(FILE)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pwc-bench knowledge and submissions",
        **whole,
        # A claim is one of the file's paper, or names its own.
        "anyOf": [
            {"required": ["paper"], "properties": {"paper": {"type": "object"}}},
            {
                "properties": {
                    "claims": {"items": {"required": ["paper"], "properties": {"paper": {"type": "string"}}}},
                    "repositories": {"maxItems": 0},
                }
            },
        ],
        "$defs": {_slug(entry): _object(entry) for entry in _entries(FILE)},
    }


def _entries(entry: Entry) -> tuple[Entry, ...]:
    """Return the entries that an entry holds, and those that they hold, each once."""
    held = [field.of for field in entry.fields if field.of is not None]
    found = {one.name: one for inner in held for one in (inner, *_entries(inner))}
    return tuple(found.values())


def _object(entry: Entry) -> dict[str, Json]:
    return {
        "description": entry.meaning,
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in entry.fields if field.is_required],
        "properties": {field.name: _property(field) for field in entry.fields},
    }


def _property(field: Field) -> dict[str, Json]:
    value = _value(field)
    either: dict[str, Json] = value if field.is_required else {"anyOf": [value, {"type": "null"}]}
    return {"description": field.meaning, **either}


def _value(field: Field) -> dict[str, Json]:
    if field.of is None:
        return _VALUES[field.form]
    reference: dict[str, Json] = {"$ref": f"#/$defs/{_slug(field.of)}"}
    return reference if field.form is Form.ENTRY else {"type": "array", "items": reference}


def _slug(entry: Entry) -> str:
    return entry.name.replace(" ", "_")
