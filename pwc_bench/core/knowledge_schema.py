"""The form of knowledge files and submissions, declared once: for the parser, the JSON Schema and the browser's form.

Each type's title says in words what a field holds, its description what the field means.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pwc_bench.core.claim import PRINTED
from pwc_bench.core.measurement import Json
from pwc_bench.core.text_forms import ARXIV, DATE, KEY, NAME, PARTIAL_DATE, TEXT, WEB, whole

Text = Annotated[str, Meta(pattern=whole(TEXT), title="text")]
Name = Annotated[str, Meta(pattern=whole(NAME), title="name")]
"""Words on one line, with single spaces between."""
Key = Annotated[str, Meta(pattern=whole(KEY), title="key")]
"""Lower-case words joined by hyphens, dots or underscores, of 120 characters at most."""
PrintedNumber = Annotated[str, Meta(pattern=whole(PRINTED), title="printed number")]
"""A number as it was printed, in quotes."""
Url = Annotated[str, Meta(pattern=whole(WEB), title="web address")]
Arxiv = Annotated[str, Meta(pattern=whole(ARXIV), title="arXiv number")]
Date = Annotated[str, Meta(pattern=whole(DATE), title="date", extra_json_schema={"format": "date"})]
PartialDate = (
    Annotated[str, Meta(pattern=whole(PARTIAL_DATE), title="date, or its year and month, or its year")]
    | Annotated[int, Meta(ge=1000, le=9999)]
)
Year = Annotated[int, Meta(ge=1000, le=2999, title="year")]
Flag = Annotated[bool, Meta(title="true or false")]


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping with declared fields and no others. One that may be None may be left out, or be null."""

    def said(self) -> dict[str, Any]:
        """Return the fields that are there, by name; no text has white space around it."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: _stripped(value) for name, value in values.items() if value is not None}


def _stripped(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_stripped, value))
    return value.strip() if isinstance(value, str) else value


class RepositoryForm(Form, frozen=True, kw_only=True):
    """A place with code for a paper."""

    url: Annotated[Url, Meta(description="Its address.")]
    is_official: Annotated[Flag | None, Meta(description="Whether the authors published it; false if not said.")] = None
    framework: Annotated[Text | None, Meta(description="What it is written with: PyTorch.")] = None


class RelatedForm(Form, frozen=True, kw_only=True):
    """A paper that is listed beside another one."""

    title: Annotated[Text, Meta(description="Its title.")]
    date: Annotated[Date, Meta(description="When it appeared.")]
    url: Annotated[Url | None, Meta(description="Its address, where it is known.")] = None


class PaperForm(Form, frozen=True, kw_only=True):
    """A publication."""

    slug: Annotated[Key, Meta(description="Its name in addresses, by which claims refer to it.")]
    title: Annotated[Text, Meta(description="Its title.")]
    authors: Annotated[tuple[Text, ...] | None, Meta(description="Its authors, in order.")] = None
    date: Annotated[Date, Meta(description="When it appeared.")]
    abstract: Annotated[Text, Meta(description="Its abstract.")]
    tasks: Annotated[tuple[Key, ...] | None, Meta(description="The slugs of its tasks.")] = None
    methods: Annotated[
        tuple[Key, ...] | None, Meta(description="The slugs of the methods that it introduces or uses.")
    ] = None
    datasets: Annotated[tuple[Key, ...] | None, Meta(description="The keys of the data sets that it evaluates on.")] = (
        None
    )
    arxiv: Annotated[Arxiv | None, Meta(description="Its arXiv number in quotes, without a version.")] = None
    venue: Annotated[Text | None, Meta(description="Where it was published.")] = None
    url: Annotated[Url | None, Meta(description="The page of its abstract.")] = None
    pdf_url: Annotated[Url | None, Meta(description="Its PDF.")] = None
    repositories: Annotated[tuple[RepositoryForm, ...] | None, Meta(description="Places with code for it.")] = None
    related: Annotated[tuple[RelatedForm, ...] | None, Meta(description="Papers that are listed beside it.")] = None


class TaskForm(Form, frozen=True, kw_only=True):
    """What a model is asked to do."""

    slug: Annotated[Key, Meta(description="Its name in addresses, by which claims refer to it.")]
    title: Annotated[Text, Meta(description="Its title.")]
    description: Annotated[Text, Meta(description="One or two sentences.")]


class DatasetForm(Form, frozen=True, kw_only=True):
    """A data set as publications describe it."""

    key: Annotated[Key, Meta(description="Its key, by which claims refer to it.")]
    title: Annotated[Text, Meta(description="Its title.")]
    description: Annotated[Text, Meta(description="What it is, and how large.")]
    homepage: Annotated[Url | None, Meta(description="Where it comes from.")] = None
    introduced: Annotated[PartialDate | None, Meta(description="When it appeared.")] = None
    tasks: Annotated[tuple[Key, ...] | None, Meta(description="The slugs of its tasks.")] = None


class MethodForm(Form, frozen=True, kw_only=True):
    """A building block of models."""

    slug: Annotated[Key, Meta(description="Its name in addresses, by which papers refer to it.")]
    title: Annotated[Text, Meta(description="Its short name.")]
    full_name: Annotated[Text, Meta(description="Its whole name.")]
    description: Annotated[Text, Meta(description="What it does.")]
    paper: Annotated[
        Key | None, Meta(description="The slug of the paper that introduced it, where that is described.")
    ] = None
    source_title: Annotated[Text | None, Meta(description="The title of the publication that introduced it.")] = None
    source_url: Annotated[Url | None, Meta(description="Where that can be read.")] = None
    introduced_year: Annotated[Year | None, Meta(description="When it was introduced.")] = None


class ClaimForm(Form, frozen=True, kw_only=True):
    """One published number, with its printed digits and its source."""

    paper: Annotated[
        Key | None, Meta(description="The slug of the paper or page that claims it; by default the file's paper.")
    ] = None
    model: Annotated[Text, Meta(description="The model's name as printed.")]
    variant: Annotated[Key | None, Meta(description="The key of our variant, where it is one.")] = None
    task: Annotated[Key, Meta(description="The task's slug.")]
    dataset: Annotated[Key, Meta(description="The data set's key.")]
    metric: Annotated[
        Name, Meta(description="The key of a metric that we measure, or another metric's name: EM, mAP@0.5.")
    ]
    value: Annotated[PrintedNumber, Meta(description="The number as printed, in quotes, so that its digits are kept.")]
    unit: Annotated[Text | None, Meta(description="The unit as printed; none if not said.")] = None
    source: Annotated[Text, Meta(description="Where it stands: a table, a figure, a file.")]
    uses_additional_data: Annotated[
        Flag | None,
        Meta(description="Whether more than the data set was trained on: true, false, or left out if not stated."),
    ] = None
    evaluated_on: Annotated[Date | None, Meta(description="The date of the evaluation, where it is known.")] = None
    conditions: Annotated[
        Text | None,
        Meta(description="What the number depends on: the machine of a speed, a part of the data."),
    ] = None
    source_url: Annotated[Url | None, Meta(description="Where the source can be read.")] = None


class KnowledgeForm(Form, frozen=True, kw_only=True):
    """What publications say: a file that ships with pwc-bench, or a submission."""

    paper: Annotated[PaperForm | None, Meta(description="The paper that the file is about.")] = None
    repositories: Annotated[tuple[RepositoryForm, ...] | None, Meta(description="Places with code for `paper`.")] = None
    papers: Annotated[tuple[PaperForm, ...] | None, Meta(description="Further papers.")] = None
    tasks: Annotated[tuple[TaskForm, ...] | None, Meta(description="Tasks that claims and papers refer to.")] = None
    datasets: Annotated[
        tuple[DatasetForm, ...] | None, Meta(description="Data sets that claims and papers refer to.")
    ] = None
    methods: Annotated[tuple[MethodForm, ...] | None, Meta(description="Methods that papers refer to.")] = None
    claims: Annotated[tuple[ClaimForm, ...] | None, Meta(description="Published numbers.")] = None


def json_schemas() -> Mapping[str, dict[str, Any]]:
    """Return the JSON Schema (2020-12) of each form, by the form's name."""
    _, schemas = msgspec.json.schema_components((KnowledgeForm,), ref_template="#/$defs/{name}")
    return schemas


def knowledge_json_schema() -> Mapping[str, Json]:
    """Return the JSON Schema of knowledge files and submissions, for editors and other programs.

    What a schema cannot say is the parser's alone: that a claim stands once.
    """
    forms = dict(json_schemas())
    return {
        **forms.pop("KnowledgeForm"),
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pwc-bench knowledge and submissions",
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
        "$defs": forms,
    }
