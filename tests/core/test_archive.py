"""The archive of values at hand streams in stable orders."""

from dataclasses import replace

from pwc_bench.core.archive import Archive, Catalogue, MemoryArchive
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Scope
from tests.factories import make_claim, make_record


def _archive() -> Archive:
    return MemoryArchive(
        Catalogue({}, {}, {}),
        all_records=(
            make_record(started="2026-01-01T00:00:00Z", campaign="one"),
            make_record(dataset=None, started="2026-01-02T00:00:00Z", campaign="one"),
            make_record("convit-b", started="2026-02-01T00:00:00Z", campaign="two"),
        ),
        all_papers=(
            Paper("old", "Old", ("A",), "2020-01-01", "Text."),
            Paper("new", "New", ("B",), "2021-01-01", "Text."),
        ),
        all_tasks=(Task("b", "B", ""), Task("a", "A", "")),
        all_datasets=(DatasetCard("d", "D", ""),),
        all_methods=(Method("m", "M", "Method", ""),),
        all_claims=(make_claim(), make_claim("ConViT-B", value="17")),
    )


def test_records_are_filtered_and_newest_first() -> None:
    """Every filter narrows; none together give all."""
    archive = _archive()
    assert [r.started[:10] for r in archive.records()] == ["2026-02-01", "2026-01-02", "2026-01-01"]
    assert [r.dataset for r in archive.records(scope=Scope.MODEL)] == [None]
    assert [r.variant for r in archive.records(scope=Scope.DATASET, variant="convit-b")] == ["convit-b"]
    assert len(list(archive.records(campaign="one"))) == 2
    assert len(list(archive.records(dataset="imagenet-1k"))) == 2


def test_campaigns_are_counted() -> None:
    """A campaign begins with its first record."""
    campaigns = list(_archive().campaigns())
    assert [(c.name, c.started[:10], c.records) for c in campaigns] == [
        ("two", "2026-02-01", 1),
        ("one", "2026-01-01", 2),
    ]


def test_knowledge_streams_in_order() -> None:
    """Papers newest first, the rest by title, claims as they stand in their source."""
    archive = _archive()
    assert [p.slug for p in archive.papers()] == ["new", "old"]
    assert [t.slug for t in archive.tasks()] == ["a", "b"]
    assert [d.key for d in archive.datasets()] == ["d"]
    assert [m.slug for m in archive.methods()] == ["m"]
    assert [c.value for c in archive.claims(metric="gflops")] == ["5.4", "17"]
    assert [c.value for c in archive.claims(variant="convit-b", paper="convit", dataset="imagenet-1k")] == ["17"]


def test_predictions_are_found_by_the_records_id() -> None:
    """A record without any says why."""
    archive = _archive()
    record = next(archive.records())
    batch = PredictionBatch(["a"], [1], [[1, 2, 3, 4, 5]], [[1.0]], [0.5])
    assert archive.predictions(record) is None
    assert archive.absent_predictions(record) == "its per-image results are not at hand"
    assert isinstance(archive, MemoryArchive)
    holding = replace(archive, all_predictions={record.id: batch})
    assert holding.predictions(record) is batch
    assert holding.absent_predictions(record) is None
