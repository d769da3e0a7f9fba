"""The page that says how numbers are made."""

from dataclasses import replace

from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.metrics import load_metrics
from pwc_bench.site.pages.about import AboutPage, AboutPages
from tests.site.pages.shown import bare_archive, context_of, made_by, text_of


def _metric(key: str, kind: Kind, bounds: tuple[float | None, float | None]) -> Metric:
    return Metric(
        key, key.title(), "", Better.LOWER, kind, Scope.MODEL, 3, 0.0, Display(""), f"How {key} is made.", bounds
    )


def test_every_declared_metric_has_its_section() -> None:
    """With its definition, unit and direction, for all metrics of the package."""
    archive = bare_archive()
    archive = replace(archive, catalogue=replace(archive.catalogue, metrics=load_metrics()))
    page = context_of(made_by(AboutPages, archive), "about/index.html", AboutPage)
    assert [link.text for link in page.contents] == [metric.title for metric in load_metrics().values()]
    text = text_of(next(made_by(AboutPages, archive)))
    assert [metric.key for metric in load_metrics().values() if metric.definition.split()[0] not in text] == []


def test_limits_and_tolerance_are_said_in_words() -> None:
    """Each kind of bound has its own wording."""
    bounds = {"a": (None, None), "b": (0.0, None), "c": (None, 1.0), "d": (0.0, 100.0)}
    metrics = {key: _metric(key, Kind.EXACT, limit) for key, limit in bounds.items()}
    archive = bare_archive()
    archive = replace(archive, catalogue=replace(archive.catalogue, metrics=metrics))
    page = context_of(made_by(AboutPages, archive), "about/index.html", AboutPage)
    said = {section.title: {fact.term: fact.text for fact in section.facts} for section in page.metrics}
    assert [facts["Possible values"] for facts in said.values()] == [
        "not limited",
        "0 or more",
        "at most 1",
        "0 to 100",
    ]
    assert said["A"]["Same within"] == "no tolerance: any difference is a difference"
    assert said["A"]["Unit"] == "a count"


def test_convention_claims_and_attribution_are_explained() -> None:
    """What a reader must know before the numbers."""
    text = text_of(next(made_by(AboutPages, bare_archive())))
    for words in ("multiply-adds", "never written as 0", "CC BY-SA 4.0", "PWC Archive", "The demo"):
        assert words in text


def test_an_installation_without_metrics_says_so() -> None:
    """The page renders all the same."""
    archive = bare_archive()
    assert "declares no metric" in text_of(
        next(made_by(AboutPages, replace(archive, catalogue=replace(archive.catalogue, metrics={}))))
    )
