"""The list of data sets."""

from pwc_bench.site.pages.dataset import DatasetListPages, DatasetsPage
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.pages.shown import context_of, made_by


def test_the_demo_is_last_among_the_data_sets_and_marked() -> None:
    """Real data sets come first."""
    entries = context_of(made_by(DatasetListPages, example_archive()), "datasets/index.html", DatasetsPage).datasets
    assert [entry.is_demo for entry in entries].index(True) == len(entries) - 1
    assert {entry.title: entry.size for entry in entries}["ImageNet"] == "50,000 images, 1 classes"


def test_a_data_set_that_only_a_record_names_is_listed() -> None:
    """Its key is all that is known."""
    archive = example_archive((make_record(dataset="my-own-photos"),))
    entries = context_of(made_by(DatasetListPages, archive), "datasets/index.html", DatasetsPage).datasets
    assert ("my-own-photos", "../dataset/my-own-photos/index.html") in {(e.title, e.href) for e in entries}
