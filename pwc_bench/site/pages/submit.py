"""How to bring a result: what a submission is, what it looks like, how to check it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.knowledge_schema import json_schemas, knowledge_json_schema
from pwc_bench.core.links import relative
from pwc_bench.core.text_forms import UNWRITABLE
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page


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


PATH = "submit/index.html"
TEMPLATE_PATH = "submit/example.yaml"
SCHEMA_PATH = "submit/schema.json"

EXAMPLE = """\
paper:
  slug: convit
  title: "ConViT: Improving Vision Transformers with Soft Convolutional Inductive Biases"
  authors: [Stéphane d'Ascoli, Hugo Touvron, Matthew Leavitt, Ari Morcos, Giulio Biroli, Levent Sagun]
  date: 2021-03-19
  abstract: Convolutional architectures have proven extremely successful for vision tasks.
  arxiv: "2103.10697"
  url: https://arxiv.org/abs/2103.10697
  tasks: [image-classification]
  datasets: [imagenet-1k]

repositories:
  - {url: https://github.com/facebookresearch/convit, is_official: true, framework: PyTorch}

claims:
  - model: ConViT-S
    variant: convit-s
    task: image-classification
    dataset: imagenet-1k
    metric: top1
    value: "81.3"
    unit: "%"
    source: Table 1
    source_url: https://arxiv.org/abs/2103.10697
  - model: ConViT-S
    variant: convit-s
    task: image-classification
    dataset: imagenet-1k
    metric: gflops
    value: "5.4"
    unit: GFLOPs
    source: Table 1
    source_url: https://arxiv.org/abs/2103.10697
"""
"""A file that is read without a complaint: a test reads it with what reads submissions."""

CHECK_COMMAND = "pwc-bench submit my-results.yaml --dry-run"
SUBMIT_COMMAND = "pwc-bench submit my-results.yaml"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a claim."""

    name: str
    required: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SubmitPage:
    """What `submit.html` sees."""

    frame: Frame
    example: str
    check_command: str
    submit_command: str
    schema_href: str
    """The JSON Schema of such files, beside the page."""
    fields: tuple[FieldLine, ...]
    paper_asked: tuple[AskedField, ...]
    """What the form asks of the paper."""
    lists: tuple[AskedList, ...]
    """What it asks as often as somebody wants; it begins with one claim."""
    unwritable: str
    """A regular expression of the characters that the form leaves out of what is pasted: no file can hold them."""
    template_href: str
    metrics: tuple[FieldLine, ...]
    """The keys of the metrics that we measure, with the unit in which a claim is compared."""


class SubmitPages(OnePage):
    """The one page."""

    template = "submit"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        frame = make_frame(
            PATH,
            title="Submit results",
            description="How to bring a published number, or a measurement of your own, to this site.",
            section="Submit",
            crumbs=(("Home", "index.html"), ("Submit", None)),
        )
        metrics = tuple(
            FieldLine(metric.key, metric.display.unit or "no unit", metric.title)
            for metric in self.archive.catalogue.metrics.values()
        )
        schema = json.dumps(knowledge_json_schema(), indent=1, ensure_ascii=False) + "\n"
        context = SubmitPage(
            frame=frame,
            example=EXAMPLE,
            check_command=CHECK_COMMAND,
            submit_command=SUBMIT_COMMAND,
            schema_href=relative(PATH, SCHEMA_PATH),
            fields=tuple(_field_line(field) for field in asked_fields("ClaimForm")),
            paper_asked=tuple(asked_fields("PaperForm")),
            lists=tuple(asked_lists()),
            unwritable=UNWRITABLE.pattern,
            template_href=relative(PATH, TEMPLATE_PATH),
            metrics=metrics,
        )
        return Page(self.template, PATH, context, {SCHEMA_PATH: schema, TEMPLATE_PATH: EXAMPLE})


KINDS = (SubmitPages,)


def _field_line(field: AskedField) -> FieldLine:
    return FieldLine(field.name, "yes" if field.is_required else "no", field.meaning)
