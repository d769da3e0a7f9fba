"""How every number on the site is made, what a claim is, what a measurement is, and whose data this is."""

from dataclasses import dataclass

from pwc_bench.claims.facts import Fact
from pwc_bench.core.links import Link
from pwc_bench.core.metric import Better, Kind, Metric, Scope
from pwc_bench.core.text_forms import slugify
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page

PATH = "about/index.html"

_BETTER = {Better.HIGHER: "Higher is better", Better.LOWER: "Lower is better"}
_KIND = {
    Kind.EXACT: "Exact: the same code gives the same value, so any change counts.",
    Kind.PAIRED: "Paired: computed from per-image results, so two runs are compared image by image.",
    Kind.SAMPLED: "Sampled: repeated in noisy rounds, so two runs are compared as distributions.",
    Kind.DESCRIPTIVE: "Descriptive: shown, never used to judge a change.",
}
_SCOPE = {
    Scope.MODEL: "The architecture alone, with 1,000 classes",
    Scope.DATASET: "A pass over the images of a data set",
}


@dataclass(frozen=True, slots=True)
class MetricSection:
    """How one number is made."""

    anchor: str
    title: str
    definition: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What `about.html` sees."""

    frame: Frame
    contents: tuple[Link, ...]
    """The metrics, leading to their sections."""
    metrics: tuple[MetricSection, ...]


class AboutPages(OnePage):
    """The one page."""

    template = "about"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        sections = tuple(_section(metric) for metric in self.archive.catalogue.metrics.values())
        frame = make_frame(
            PATH,
            title="About",
            description="How every number on this site is made, and what stands behind it.",
            section="About",
            crumbs=(("Home", "index.html"), ("About", None)),
        )
        contents = tuple(Link(section.title, f"#{section.anchor}") for section in sections)
        return Page(self.template, PATH, AboutPage(frame, contents, sections))


KINDS = (AboutPages,)


def _section(metric: Metric) -> MetricSection:
    facts = (
        Fact("Unit", metric.unit or "a count"),
        Fact("Direction", _BETTER[metric.better]),
        Fact("Measured on", _SCOPE[metric.scope]),
        Fact("Compared as", _KIND[metric.kind]),
        Fact("Same within", _tolerance(metric)),
        Fact("Possible values", _bounds(metric)),
        Fact("Definition's version", str(metric.version)),
        Fact("Key", metric.key, is_code=True),
    )
    return MetricSection(f"metric-{slugify(metric.key)}", metric.title, metric.definition, facts)


def _tolerance(metric: Metric) -> str:
    if metric.tolerance == 0:
        return "no tolerance: any difference is a difference"
    return f"{metric.tolerance:g} {metric.unit}".rstrip()


def _bounds(metric: Metric) -> str:
    low, high = metric.bounds
    if low is None and high is None:
        return "not limited"
    if high is None:
        return f"{low:g} or more"
    return f"at most {high:g}" if low is None else f"{low:g} to {high:g}"
