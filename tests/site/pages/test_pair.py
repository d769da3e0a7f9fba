"""The page of two variants."""

from dataclasses import replace

from pwc_bench.core.record import WeightsStatus
from pwc_bench.site.pages.pair import PairPage, PairPages
from pwc_bench.site.parts.page import Page
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.pages.shown import context_of, html_of, made_by, text_of
from tests.site.parts.guessing import archive_of, batch_of

PATH = "compare/convit-s-vs-convit-b/index.html"


def _both() -> Page:
    labels = [0] * 40
    archive = archive_of({"convit-s": batch_of(labels, [0] * 20 + [1] * 20), "convit-b": batch_of(labels, [0] * 40)})
    return next(page for page in made_by(PairPages, archive) if page.path == PATH)


def test_the_paired_test_stands_in_words_and_in_a_table() -> None:
    """Difference, interval, p, and the records behind it."""
    text = text_of(_both())
    assert "On these 40 images the two can be told apart" in text
    assert "ConViT-B minus ConViT-S is +50.00 points of top-1 accuracy" in text
    assert "p < 0.0001" in text
    assert "Where ConViT-B is right more often than ConViT-S" in text
    assert "../../record/" in html_of(_both())


def test_claims_and_measurements_of_both_stand_side_by_side() -> None:
    """With the claimed difference beside the measured one."""
    text = text_of(_both())
    assert "ConViT-B against ConViT-S" in text
    assert "+1.1" in text
    assert text.count("NVIDIA H200, fp32, 2026-01-01") == 4


def test_missing_results_name_whose() -> None:
    """Without predictions of one, no test, and the reason."""
    archive = archive_of({"convit-s": batch_of([0], [0])})
    context = context_of(made_by(PairPages, archive), PATH, PairPage)
    assert context.tests == ()
    assert context.absent == "There are no per-image results of ConViT-B yet."


def test_other_images_are_not_compared() -> None:
    """One image failed in one run: the lists differ."""
    archive = archive_of({"convit-s": batch_of([0], [0]), "convit-b": batch_of([0, 1], [0, 1])})
    assert (
        context_of(made_by(PairPages, archive), PATH, PairPage).absent
        == "The two were not evaluated on the same images yet."
    )


def test_a_demo_is_called_one() -> None:
    """Its paired test shows what the page tells of real models."""
    records = [make_record(key, "demo", weights=WeightsStatus.PROBE) for key in ("convit-s", "convit-b")]
    batch = batch_of([0, 0], [0, 1])
    archive = replace(example_archive(tuple(records)), all_predictions={record.id: batch for record in records})
    (page,) = (page for page in made_by(PairPages, archive) if page.path == PATH)
    assert "Demo results say nothing about the models." in text_of(page)
    assert "These 2 images cannot tell the two apart" in text_of(page)
