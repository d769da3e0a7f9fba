"""Papers that belong beside each other."""

from dataclasses import replace

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import Paper
from pwc_bench.site.parts.related import RelatedPapers
from tests.example_archive import example_archive
from tests.site.pages.shown import bare_archive


def _paper(slug: str, abstract: str = "", tasks: tuple[str, ...] = (), methods: tuple[str, ...] = ()) -> Paper:
    return Paper(slug, slug.title(), ("A. Author",), "2021-01-01", abstract, tasks=tasks, methods=methods)


def _related(*papers: Paper) -> RelatedPapers:
    return RelatedPapers(replace(bare_archive(), all_papers=papers))


def test_a_shared_rare_method_weighs_more_than_a_common_task() -> None:
    """Everybody classifies images; two papers gate positional attention."""
    tasks = ("image-classification",)
    crowd = [_paper(f"crowd-{number}", tasks=tasks) for number in range(20)]
    found = _related(
        _paper("own", tasks=tasks, methods=("gpsa",)), _paper("twin", tasks=tasks, methods=("gpsa",)), *crowd
    ).of("own")
    assert found[0].slug == "twin"
    assert found[0].methods == ("gpsa",)
    assert found[0].tasks == tasks
    assert len(found) == 8


def test_words_that_few_use_bring_papers_together() -> None:
    """Without a common topic, a rare word does; the words that all use do not."""
    text = "networks learn from images"
    crowd = [_paper(f"crowd-{number}", text) for number in range(150)]
    found = _related(_paper("own", f"{text} of locality"), _paper("twin", f"locality of {text}"), *crowd).of("own")
    assert [entry.slug for entry in found] == ["twin"]
    assert (found[0].tasks, found[0].methods) == ((), ())


def test_a_paper_alone_has_no_relatives() -> None:
    """Nor has one that the archive does not hold."""
    assert _related(_paper("own", "Locality of images.")).of("own") == ()
    assert _related().of("absent") == ()


def test_the_order_is_the_same_every_time() -> None:
    """Equally near papers stand with the newest first."""
    papers = [replace(_paper(f"p{number}", tasks=("x",)), date=f"2021-01-{number + 1:02}") for number in range(5)]
    assert [entry.slug for entry in _related(*papers).of("p0")] == ["p4", "p3", "p2", "p1"]
    assert [entry.slug for entry in _related(*reversed(papers)).of("p0")] == ["p4", "p3", "p2", "p1"]


def test_the_shipped_papers_know_each_other() -> None:
    """ConViT stands beside DeiT, by image classification and by self-attention."""
    archive: MemoryArchive = example_archive()
    found = RelatedPapers(archive).of("convit")
    assert found
    assert found[0].tasks or found[0].methods
