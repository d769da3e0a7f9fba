"""How to bring a result: what a submission is, what it looks like, how to check it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.page import Page
from pwc_bench.views.frame import Frame, make_frame

__all__ = ["CHECK_COMMAND", "EXAMPLE", "FieldLine", "SubmitPage", "pages"]

PATH = "submit/index.html"

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

CHECK_COMMAND = (
    'python -c "from pathlib import Path; from pwc_bench.exchange import load_knowledge_file; '
    "load_knowledge_file(Path('my-results.yaml'))\""
)

_FIELDS = (
    ("model", "yes", "The model's name as printed."),
    ("variant", "no", "The key of our variant, where it is one: the measurement then stands beside the claim."),
    ("task", "yes", "The task's slug."),
    ("dataset", "yes", "The data set's key."),
    ("metric", "yes", "The metric's key."),
    ("value", "yes", "The number as printed, in quotes, so that its digits are kept: “82.20” is not “82.2”."),
    ("unit", "where there is one", "The unit as printed."),
    ("source", "yes", "Where it stands: a table, a figure, a file."),
    ("source_url", "no", "Where the source can be read (https)."),
    ("conditions", "no", "What the number depends on: the machine of a speed, the fraction of the training data."),
    ("uses_additional_data", "no", "Whether the model was trained on more than the data set; false if not said."),
    ("evaluated_on", "no", "The date of the evaluation, where it is known."),
    ("paper", "no", "The paper's slug, where the claim is not one of the file's own paper."),
)


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
    fields: tuple[FieldLine, ...]
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
    fields = tuple(FieldLine(*field) for field in _FIELDS)
    yield Page("submit", PATH, SubmitPage(frame, EXAMPLE, CHECK_COMMAND, fields, metrics))
