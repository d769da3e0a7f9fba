"""What is held in memory is what the archive says."""

from itertools import product

import pytest

from pwc_bench.core.metric import Scope
from pwc_bench.site.build import held
from pwc_bench.site.build.held import HeldArchive
from tests.example_archive import example_archive


@pytest.mark.parametrize("most", [1, 10_000])
def test_every_question_has_the_archives_answer(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Whether records and papers are held or stream."""
    monkeypatch.setattr(held, "MOST_RECORDS", most)
    monkeypatch.setattr(held, "MOST_PAPERS", most)
    source = example_archive()
    archive = HeldArchive(source)
    assert list(archive.papers()) == list(source.papers())
    assert list(archive.tasks()) == list(source.tasks())
    assert list(archive.datasets()) == list(source.datasets())
    assert list(archive.methods()) == list(source.methods())
    assert list(archive.campaigns()) == list(source.campaigns())
    assert archive.fingerprint() == source.fingerprint()
    for variant, dataset, scope in product((None, "convit-s", "x"), (None, "imagenet-1k"), (None, *Scope)):
        asked = list(archive.records(variant=variant, dataset=dataset, scope=scope))
        assert asked == list(source.records(variant=variant, dataset=dataset, scope=scope))
    choices = product((None, "convit", "x"), (None, "convit-s"), (None, "imagenet-1k"), (None, "top1"))
    for paper, variant, dataset, metric in choices:
        assert list(archive.claims(paper=paper, variant=variant, dataset=dataset, metric=metric)) == list(
            source.claims(paper=paper, variant=variant, dataset=dataset, metric=metric)
        )
    assert archive.entities(1000) > 2
    assert archive.entities(2) == 2
