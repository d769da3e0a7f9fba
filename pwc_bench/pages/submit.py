"""How to bring a result: what a submission is, what it looks like, how to check it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge_schema import knowledge_json_schema
from pwc_bench.core.links import relative
from pwc_bench.core.page import Page
from pwc_bench.core.text_forms import UNWRITABLE
from pwc_bench.views.asked_fields import AskedField, AskedList, asked_fields, asked_lists
from pwc_bench.views.frame import Frame, make_frame

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


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the one page."""
    frame = make_frame(
        PATH,
        title="Submit results",
        description="How to bring a published number, or a measurement of your own, to this site.",
        section="Submit",
        crumbs=(("Home", "index.html"), ("Submit", None)),
    )
    metrics = tuple(
        FieldLine(metric.key, metric.display.unit or "no unit", metric.title)
        for metric in archive.catalogue.metrics.values()
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
    yield Page("submit", PATH, context, {SCHEMA_PATH: schema, TEMPLATE_PATH: EXAMPLE})


def _field_line(field: AskedField) -> FieldLine:
    return FieldLine(field.name, "yes" if field.is_required else "no", field.meaning)
