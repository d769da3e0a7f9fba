"""Declared entries, read field by field from YAML."""

from collections.abc import Callable, Mapping
from typing import Any

from pwc_bench.core.knowledge_schema import Entry, Field, Form
from pwc_bench.exchange.yaml_fields import Fields

__all__ = ["read_entry"]

Taken = Callable[[Fields, str], Any]

_REQUIRED: Mapping[Form, Taken] = {
    Form.TEXT: Fields.text,
    Form.NAME: Fields.name,
    Form.KEY: Fields.key,
    Form.PRINTED_NUMBER: Fields.printed_number,
    Form.URL: Fields.url,
    Form.DATE: Fields.date,
}
_OPTIONAL: Mapping[Form, Taken] = {
    Form.TEXT: Fields.optional_text,
    Form.KEY: Fields.optional_key,
    Form.URL: Fields.optional_url,
    Form.ARXIV: Fields.optional_arxiv,
    Form.DATE: Fields.optional_date,
    Form.PARTIAL_DATE: Fields.optional_partial_date,
    Form.YEAR: Fields.optional_year,
    Form.FLAG: Fields.optional_flag,
    Form.TEXTS: Fields.texts,
    Form.KEYS: Fields.keys,
}


def read_entry(entry: Entry, fields: Fields) -> dict[str, Any]:
    """Return the values of an entry by field: None where an optional one is missing, entries within it as a list.

    Raises KnowledgeError, with file, line and field, for the first field that is missing, of another form, or unknown.
    """
    values = {field.name: _take(field, fields) for field in entry.fields}
    fields.finish()
    return values


def _take(field: Field, fields: Fields) -> object:
    if field.of is not None:
        return [read_entry(field.of, inner) for inner in fields.mappings(field.name)]
    return (_REQUIRED if field.is_required else _OPTIONAL)[field.form](fields, field.name)
