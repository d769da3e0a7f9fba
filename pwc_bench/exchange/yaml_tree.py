"""YAML files as nodes that remember their lines: nothing is constructed, so a stranger's file can run nothing."""

from pathlib import Path

import yaml

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.files import file_text

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
