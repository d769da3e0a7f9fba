"""The JSON Schema of knowledge files, made of the parser's own declarations."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge_schema import ClaimForm, knowledge_json_schema
from pwc_bench.exchange.knowledge import load_knowledge_file
from pwc_bench.site.pages.submit import EXAMPLE

PAPER = "paper: {slug: net, title: Net, date: 2021-03-19, abstract: Nets.}\n"
CLAIMS = 'claims: [{model: Net, task: t, dataset: d, metric: top1, value: "81.3", unit: "%", source: Table 1}]\n'
VALIDATOR = Draft202012Validator(knowledge_json_schema())


class JsonLoader(yaml.SafeLoader):
    """YAML as editors hand it to a schema: dates stay texts."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (the name and form that PyYAML gives it)
        first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def is_valid(text: str) -> bool:
    """Tell whether the schema accepts a file."""
    document: Any = yaml.load(text, JsonLoader)
    return bool(VALIDATOR.is_valid(document))


def test_the_schema_is_one() -> None:
    """By the metaschema of its draft; every field says what it means."""
    schema = knowledge_json_schema()
    Draft202012Validator.check_schema(schema)
    definitions: Any = schema["$defs"]
    assert len(definitions) == 7
    assert tuple(definitions["ClaimForm"]["properties"]) == ClaimForm.__struct_fields__
    assert all(field["description"] for entry in definitions.values() for field in entry["properties"].values())


@pytest.mark.parametrize(
    "name", [path.name for path in files("pwc_bench.knowledge").iterdir() if path.name[-5:] == ".yaml"]
)
def test_every_file_that_ships_is_valid(name: str) -> None:
    """And so is the example of the page on which people learn the form."""
    assert is_valid(files("pwc_bench.knowledge").joinpath(name).read_text(encoding="utf-8"))
    assert is_valid(EXAMPLE)


@pytest.mark.parametrize(
    "text",
    [
        PAPER + CLAIMS,
        PAPER + "repositories: null\n",
        PAPER.replace("slug: net", f"slug: {'a' * 120}"),
        CLAIMS.replace("model", "paper: other, model"),
        *(PAPER + CLAIMS.replace("top1", name) for name in ("EM", "F1", "mAP@0.5", "'top-1 (%)'", "精度", "'>=0.5'")),
        PAPER.replace("slug", "url: 'https://medium.com:443/@user/a?b=c#é', slug"),
        PAPER.replace("2021-03-19", "2020-02-29"),
        PAPER.replace("title: Net", "title: 2021-03-19"),
        PAPER.replace("title: Net", 'title: "a\\tb\\x85\\u2028 \\U0001F525"'),
        PAPER + "datasets: [{key: d, title: D, description: x, introduced: 2012}]\n",
        PAPER + "datasets: [{key: d, title: D, description: x, introduced: 2012-05}]\n",
    ],
)
def test_schema_and_parser_accept_the_same(tmp_path: Path, text: str) -> None:
    """Optional fields may be null, or left out."""
    (tmp_path / "x.yaml").write_text(text)
    load_knowledge_file(tmp_path / "x.yaml")
    assert is_valid(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a\n", "the file"),
        (PAPER + "papres: []\n", "papres"),
        (PAPER.replace("title: Net, ", ""), "paper.title"),
        (PAPER.replace("title: Net", "title: 7"), "paper.title"),
        (PAPER.replace("title: Net", "title: ' '"), "paper.title"),
        (PAPER.replace("slug: net", "slug: A Net"), "paper.slug"),
        (PAPER.replace("2021-03-19", "19.3.2021"), "paper.date"),
        (PAPER.replace("2021-03-19", "2021-13-01"), "paper.date"),
        (PAPER.replace("2021-03-19", "2021-02-29"), "paper.date"),
        (PAPER.replace("2021-03-19", "1900-02-29"), "paper.date"),
        (PAPER.replace("2021-03-19", "0000-01-01"), "paper.date"),
        (PAPER.replace("2021-03-19", "'20210319'"), "paper.date"),
        (PAPER.replace("title: Net", 'title: "bell\\a"'), "paper.title"),
        (PAPER.replace("slug", "url: 'http://x', slug"), "paper.url"),
        (PAPER.replace("slug", "url: 'https://例え.jp/', slug"), "paper.url"),
        (PAPER + CLAIMS.replace("top1", '"two\\nlines"'), "claims[0].metric"),
        (PAPER.replace("slug", "colour: red, slug"), "paper.colour"),
        (PAPER.replace("slug", "arxiv: '2103.10697v2', slug"), "paper.arxiv"),
        (PAPER.replace("slug", "url: 'javascript:alert(1)', slug"), "paper.url"),
        (PAPER.replace("slug", "url: 'https://user@example.org', slug"), "paper.url"),
        (PAPER.replace("slug", "tasks: t, slug"), "paper.tasks"),
        (PAPER.replace("slug", "authors: [7], slug"), "paper.authors[0]"),
        (PAPER + "repositories: [{}]\n", "repositories[0].url"),
        (PAPER.replace("slug: net", 'slug: "net\\n"'), "paper.slug"),
        (PAPER + CLAIMS.replace('"81.3"', "81.3"), "claims[0].value"),
        (PAPER + CLAIMS.replace("81.3", "81.3 %"), "claims[0].value"),
        (PAPER + CLAIMS.replace("81.3", "0,626"), "claims[0].value"),
        (PAPER + CLAIMS.replace("81.3", "1e400"), "claims[0].value"),
        (PAPER + CLAIMS.replace("81.3", "1" * 41), "claims[0].value"),
        (PAPER.replace("slug: net", f"slug: {'a' * 121}"), "paper.slug"),
        (PAPER + CLAIMS.replace("unit", "uses_additional_data: perhaps, unit"), "claims[0].uses_additional_data"),
        (PAPER + "methods: [{slug: m, title: M, full_name: M, description: d, introduced_year: 21}]\n", "methods[0]"),
        (CLAIMS, "claims[0]"),
        ("repositories: [{url: 'https://example.org'}]\n", "the file"),
    ],
)
def test_schema_and_parser_refuse_the_same(tmp_path: Path, text: str, place: str) -> None:
    """The parser with file, line and field; an editor with the schema, before anybody runs it."""
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge_file(path)
    line, field, _ = str(caught.value).removeprefix(f"{path}:").split(": ", 2)
    assert line.isdigit()
    assert field.startswith(place)
    assert not is_valid(text)
