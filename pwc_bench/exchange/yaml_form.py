"""YAML read into a declared form; every complaint names file, line and field."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
import yaml

from pwc_bench.core.claim import PRINTED, printed_complaint
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.files import file_text
from pwc_bench.core.text_forms import (
    ARXIV,
    DATE,
    KEY,
    LONGEST_KEY,
    NAME,
    PARTIAL_DATE,
    TEXT,
    UNWRITABLE,
    WEB,
    address_complaint,
    whole,
)

MAX_BYTES = 64 * 2**20
"""A larger file is no knowledge file."""
MAX_DEPTH = 16
"""The schema needs four levels. A much deeper file is made to exhaust the parser's stack."""

_LOOKAHEAD = 2048
"""Characters behind the last event in which a scanner may have met further levels: it looks 1,024 ahead for a key."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_tree(path: Path) -> yaml.Node:
    """Return the one document of the YAML file `path` as nodes.

    Raises KnowledgeError where the file cannot be read, is no YAML, is empty, holds several documents, or uses
    anchors, with which a small file could stand for an endless one.
    """
    text = file_text(path, MAX_BYTES, KnowledgeError)
    try:
        _refuse_tricks(path, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise KnowledgeError(f"{path}:{line}: not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if node is None:
        raise KnowledgeError(f"{path}: the file is empty")
    return node


def _refuse_tricks(path: Path, text: str) -> None:
    """Look at the file's events, which nest without recursion, before anything recursive sees it."""
    depth, end = 0, 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = 1 if event.start_mark is None else event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                raise KnowledgeError(f"{path}:{line}: anchors and aliases (& and *) are not allowed: write it out")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise _too_deep(path, line)
            end = end if event.end_mark is None else event.end_mark.index
    except yaml.MarkedYAMLError:
        # Some versions of libyaml have a limit of their own, which their scanner meets before the parser tells us.
        _refuse_depth_ahead(path, text, end, depth)
        raise


def _refuse_depth_ahead(path: Path, text: str, start: int, depth: int) -> None:
    """Raise KnowledgeError if the brackets behind the last event, which no other event tells, pass our limit."""
    try:
        for token in yaml.scan(text[start : start + _LOOKAHEAD], Loader=yaml.SafeLoader):
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                depth += 1
            elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                depth -= 1
            if depth > MAX_DEPTH:
                raise _too_deep(path, text.count("\n", 0, start + token.start_mark.index) + 1)
    except yaml.YAMLError:
        return


def _too_deep(path: Path, line: int) -> KnowledgeError:
    return KnowledgeError(f"{path}:{line}: nested deeper than {MAX_DEPTH} levels")


Value = TypeVar("Value")

_TAG = "tag:yaml.org,2002:"
_TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "timestamp": "a date",
    "null": "empty",
    "seq": "a list",
    "map": "a mapping",
    "array": "a list",
    "object": "a mapping of fields to values",
}
"""What YAML and msgspec call it, in our words."""

_SCALARS: Mapping[str, Callable[[str], object]] = {
    "str": str,
    "timestamp": str,
    "null": lambda _: None,
    "bool": lambda text: text.lower() in ("true", "yes", "on"),
    "int": lambda text: int(text) if re.fullmatch("[0-9]{4}", text) else 0,
    "float": lambda _: 0.0,
}
"""How a scalar is read. Of numbers only years are wanted: others have printed digits, and stand in quotes."""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """One file, as nodes that remember their lines."""

    path: Path
    root: yaml.Node

    @classmethod
    def read(cls, path: Path) -> "YamlFile":
        """Read a file. Raises KnowledgeError: see `read_tree`."""
        return cls(path, read_tree(path))

    def to(self, form: type[Value]) -> Value:
        """Return the file in `form`. Raises KnowledgeError for the first field that does not fit."""
        values = self._plain(self.root, "")
        try:
            return msgspec.convert(values, form)
        except msgspec.ValidationError as error:
            raise self._breach(str(error), form) from None

    def error(self, field: str, message: str) -> KnowledgeError:
        """Return a complaint about a field that is there, such as "claims[3].value"; "" is the whole file."""
        return self._error(self._node(field), field, message)

    def _error(self, node: yaml.Node, field: str, message: str) -> KnowledgeError:
        return KnowledgeError(f"{self.path}:{node.start_mark.line + 1}: {field or 'the file'}: {message}")

    def _node(self, field: str) -> yaml.Node:
        node = self.root
        for index, name in re.findall(r"\[([0-9]+)\]|([^.\[\]]+)", field):
            node = node.value[int(index)] if index else next(value for key, value in node.value if key.value == name)
        return node

    def _plain(self, node: yaml.Node, field: str) -> object:
        """Return what stands at a node. Raises KnowledgeError for a name that stands twice and what no field holds."""
        tag = _tag(node)
        if isinstance(node, yaml.ScalarNode) and tag in _SCALARS:
            return _SCALARS[tag](node.value)
        if isinstance(node, yaml.SequenceNode) and tag == "seq":
            return [self._plain(item, f"{field}[{index}]") for index, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode) or tag != "map":
            raise self._error(node, field, f"must be plain YAML, not of the form {tag}")
        values: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or not re.fullmatch(r"[\w -]+", key.value):
                raise self._error(key, field, "a field's name must be a word")
            inner = f"{field}.{key.value}".removeprefix(".")
            if key.value in values:
                raise self._error(key, inner, "stands twice")
            values[key.value] = self._plain(value, inner)
        return values

    def _breach(self, message: str, form: type[Any]) -> KnowledgeError:
        """Say in our words what msgspec says of a breach: "Expected `str`, got `int` - at `$.claims[3].model`"."""
        said, _, place = message.partition(" - at `$")
        field = place.strip("`.")
        node = self._node(field)
        if named := re.match(r"Object (missing|contains).*`(.*)`", said):
            inner = f"{field}.{named[2]}".removeprefix(".")
            if named[1] == "missing":
                return self._error(node, inner, "is missing")
            return self.error(inner, f"unknown field; {_hint(named[2], _form_at(form, field))}")
        if typed := re.match(r"Expected `(.*)`, got ", said):
            wanted = "str" if "str" in typed[1] else typed[1].partition(" ")[0]
            found = _tag(node)
            hint = " (put it in quotes)" if wanted == "str" and found in ("int", "float", "bool") else ""
            return self._error(node, field, f"must be {_TYPES[wanted]}, not {_TYPES[found]}{hint}")
        for pattern, complaint in _COMPLAINTS.items():
            if repr(pattern) in said:
                return self._error(node, field, complaint(node.value) or said)
        return self._error(node, field, f"{node.value!r} is no year")


def _tag(node: yaml.Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _hint(name: str, form: type[Any]) -> str:
    near = get_close_matches(name, form.__struct_fields__, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(form.__struct_fields__)}"


def _form_at(form: type[Any], field: str) -> type[Any]:
    """Return the form of the mapping that stands at a field."""
    for name in re.findall("[a-z_]+", field):
        form = next(_forms_in(next(inner.type for inner in msgspec.structs.fields(form) if inner.name == name)))
    return form


def _forms_in(declared: Any) -> Iterator[type[Any]]:  # noqa: ANN401  (whatever a field is annotated with)
    if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
        yield declared
    for inner in get_args(declared):
        yield from _forms_in(inner)


def _text_complaint(text: str) -> str:
    found = UNWRITABLE.search(text)
    if found is None:
        return "must not be empty"
    return f"must not hold the character U+{ord(found[0]):04X}, which no page can show"


def _key_complaint(text: str) -> str:
    if len(text) > LONGEST_KEY:
        return f"{text[:LONGEST_KEY] + '...'!r} is too long: a key has {LONGEST_KEY} characters at most"
    return f"{text!r} is no key: use lower-case letters and digits joined by hyphens"


_COMPLAINTS: Mapping[str, Callable[[str], str | None]] = {
    whole(TEXT): _text_complaint,
    whole(NAME): lambda text: f"{text!r} is no name: write it on one line, with single spaces between its words",
    whole(KEY): _key_complaint,
    whole(PRINTED): printed_complaint,
    whole(WEB): address_complaint,
    whole(ARXIV): lambda text: f"{text!r} is no arXiv number: write it like '2103.10697', without a version",
    whole(DATE): lambda text: f"{text!r} is no date: write it like 2021-03-19",
    whole(PARTIAL_DATE): lambda text: f"{text!r} is no date: write it like 2021-03-19, 2021-03 or 2021",
}
"""What is wrong with a text that one of the patterns does not match."""
