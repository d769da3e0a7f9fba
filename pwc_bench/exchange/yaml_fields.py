"""The fields of a YAML mapping, read strictly: each value has one declared form, and none is left over."""

from collections.abc import Callable
from typing import TypeVar

import yaml

from pwc_bench.core.claim import printed_complaint
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.text_forms import ARXIV, DATE, KEY, LONGEST_KEY, NAME, PARTIAL_DATE, UNWRITABLE, YEAR
from pwc_bench.exchange.web_address import address_complaint
from pwc_bench.exchange.yaml_tree import Place

__all__ = ["Fields"]

Value = TypeVar("Value")

_TAG = "tag:yaml.org,2002:"
_FORMS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "timestamp": "a date",
    "null": "empty",
    "seq": "a list",
    "map": "a mapping",
}


class Fields:
    """One mapping. A field is taken once, by the method for its form; `finish` complains about those left over.

    An absent field and an explicit `null` are the same. Every method raises KnowledgeError with file, line and field.
    """

    def __init__(self, node: yaml.Node, place: Place) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise place.error(node, f"must be a mapping of fields to values, not {_form(node)}")
        self.node = node
        self.place = place
        self._left: dict[str, yaml.Node] = {}
        self._known: list[str] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or _tag(key) not in ("str", "merge"):
                raise place.error(key, f"a field's name must be a text, not {_form(key)}")
            if key.value in self._left:
                raise place.below(key.value).error(key, "stands twice")
            self._left[key.value] = value

    def text(self, name: str) -> str:
        """Take a text that must be there."""
        return self._required(name, self.optional_text(name))

    def optional_text(self, name: str) -> str | None:
        """Take a text, or None."""
        return self._scalar(name, _text, ("str",))

    def name(self, name: str) -> str:
        """Take a name that must be there: words on one line."""
        return self._required(name, self._scalar(name, _name, ("str",)))

    def key(self, name: str) -> str:
        """Take a slug or key that must be there: lower-case words joined by hyphens, dots or underscores."""
        return self._required(name, self.optional_key(name))

    def optional_key(self, name: str) -> str | None:
        """Take a slug or key, or None."""
        return self._scalar(name, _key, ("str",))

    def printed_number(self, name: str) -> str:
        """Take a number as it was printed: a quoted text, so that no digit is lost ("30" is not "30.0")."""
        return self._required(name, self._scalar(name, _printed, ("str",)))

    def url(self, name: str) -> str:
        """Take a web address that must be there."""
        return self._required(name, self.optional_url(name))

    def optional_url(self, name: str) -> str | None:
        """Take a web address (http or https), or None."""
        return self._scalar(name, _url, ("str",))

    def optional_arxiv(self, name: str) -> str | None:
        """Take an arXiv number, quoted and without its version ("2103.10697"), or None."""
        return self._scalar(name, _arxiv, ("str",))

    def date(self, name: str) -> str:
        """Take a whole date that must be there: 2021-03-19."""
        return self._required(name, self.optional_date(name))

    def optional_date(self, name: str) -> str | None:
        """Take a whole date, or None."""
        return self._scalar(name, _date, ("str", "timestamp"))

    def optional_partial_date(self, name: str) -> str | None:
        """Take a date of which the day and the month may be missing, or None."""
        return self._scalar(name, _partial_date, ("str", "timestamp", "int"))

    def optional_year(self, name: str) -> int | None:
        """Take a year of four digits, or None."""
        return self._scalar(name, _year, ("int",))

    def optional_flag(self, name: str) -> bool | None:
        """Take true or false; None where it is absent."""
        return self._scalar(name, _flag, ("bool",))

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts; absent means an empty one."""
        return tuple(_checked(item, place, _text, ("str",)) for item, place in self._items(name))

    def keys(self, name: str) -> tuple[str, ...]:
        """Take a list of slugs or keys; absent means an empty one."""
        return tuple(_checked(item, place, _key, ("str",)) for item, place in self._items(name))

    def mapping(self, name: str) -> "Fields | None":
        """Take a mapping, or None."""
        node = self._take(name)
        return None if node is None else Fields(node, self.place.below(name))

    def mappings(self, name: str) -> "tuple[Fields, ...]":
        """Take a list of mappings; absent means an empty one."""
        return tuple(Fields(item, place) for item, place in self._items(name))

    def finish(self) -> None:
        """Complain about a field that nobody took."""
        for name, node in self._left.items():
            known = ", ".join(sorted(self._known))
            raise self.place.below(name).error(node, f"unknown field; known are {known}")

    def error(self, message: str) -> KnowledgeError:
        """Return a complaint about this mapping as a whole."""
        return self.place.error(self.node, message)

    def _take(self, name: str) -> yaml.Node | None:
        self._known.append(name)
        node = self._left.pop(name, None)
        return None if node is None or _tag(node) == "null" else node

    def _required(self, name: str, value: Value | None) -> Value:
        if value is None:
            raise self.place.below(name).error(self.node, "is missing")
        return value

    def _scalar(self, name: str, read: Callable[[str], Value], tags: tuple[str, ...]) -> Value | None:
        node = self._take(name)
        return None if node is None else _checked(node, self.place.below(name), read, tags)

    def _items(self, name: str) -> list[tuple[yaml.Node, Place]]:
        node, place = self._take(name), self.place.below(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise place.error(node, f"must be a list, not {_form(node)}")
        return [(item, place.at(index)) for index, item in enumerate(node.value)]


def _tag(node: yaml.Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _form(node: yaml.Node) -> str:
    return _FORMS.get(_tag(node), f"of the form {_tag(node)}")


def _checked(node: yaml.Node, place: Place, read: Callable[[str], Value], tags: tuple[str, ...]) -> Value:
    """Read one scalar whose form must be one of `tags`."""
    if not isinstance(node, yaml.ScalarNode) or _tag(node) not in tags:
        hint = " (put it in quotes)" if isinstance(node, yaml.ScalarNode) and tags == ("str",) else ""
        raise place.error(node, f"must be {_FORMS[tags[0]]}, not {_form(node)}{hint}")
    try:
        return read(node.value)
    except ValueError as error:
        raise place.error(node, str(error)) from None


def _text(value: str) -> str:
    words = value.strip()
    if not words:
        raise ValueError("must not be empty")
    found = UNWRITABLE.search(words)
    if found is not None:
        raise ValueError(f"must not hold the character U+{ord(found[0]):04X}, which no page can show")
    return words


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(f"{value!r} is no name: write it on one line, with single spaces between its words")
    return value


def _key(value: str) -> str:
    if len(value) > LONGEST_KEY:
        raise ValueError(f"{value[:LONGEST_KEY] + '...'!r} is too long: a key has {LONGEST_KEY} characters at most")
    if not KEY.fullmatch(value):
        raise ValueError(f"{value!r} is no key: use lower-case letters and digits joined by hyphens")
    return value


def _printed(value: str) -> str:
    complaint = printed_complaint(value)
    if complaint is not None:
        raise ValueError(complaint)
    return value


def _url(value: str) -> str:
    complaint = address_complaint(value)
    if complaint is not None:
        raise ValueError(complaint)
    return value


def _arxiv(value: str) -> str:
    if not ARXIV.fullmatch(value):
        raise ValueError(f"{value!r} is no arXiv number: write it like '2103.10697', without a version")
    return value


def _date(value: str) -> str:
    if not DATE.fullmatch(value):
        raise ValueError(f"{value!r} is no date: write it like 2021-03-19")
    return value


def _partial_date(value: str) -> str:
    if not PARTIAL_DATE.fullmatch(value):
        raise ValueError(f"{value!r} is no date: write it like 2021-03-19, 2021-03 or 2021")
    return value


def _year(value: str) -> int:
    if not YEAR.fullmatch(value):
        raise ValueError(f"{value!r} is no year")
    return int(value)


def _flag(value: str) -> bool:
    return value.lower() in ("true", "yes", "on")
