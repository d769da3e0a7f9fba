"""An archive for the site's tests: the real knowledge beside made-up records, of every kind that a page must show."""

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, PerImage, Scope
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.variant import Checkpoint, Variant
from pwc_bench.exchange.knowledge import load_knowledge
from tests.factories import RECIPE, make_measurement, make_record

__all__ = ["METRICS", "example_archive", "example_catalogue", "example_records"]

_HIGHER, _LOWER = Better.HIGHER, Better.LOWER


def _metric(
    key: str,
    title: str,
    unit: str,
    better: Better,
    kind: Kind,
    scope: Scope,
    display: Display,
    tolerance: float = 0.0,
) -> Metric:
    definition, bounds = f"How {title} is made, in a sentence.", (0.0, 100.0 if unit == "%" else None)
    per_image = {"top1": PerImage.FIRST, "top5": PerImage.FIVE, "nll": PerImage.LIKELIHOOD}.get(key)
    column = {"top1": Column.RESULT, "top5": Column.RESULT, "nll": Column.NONE}.get(key, Column.COST)
    return Metric(
        key, title, unit, better, kind, scope, 1, tolerance, display, definition, bounds, None, per_image, column
    )


METRICS = {
    metric.key: metric
    for metric in (
        _metric("top1", "Top-1 accuracy", "%", _HIGHER, Kind.PAIRED, Scope.DATASET, Display("%", 1, 2), 0.05),
        _metric("top5", "Top-5 accuracy", "%", _HIGHER, Kind.PAIRED, Scope.DATASET, Display("%", 1, 2), 0.05),
        _metric("nll", "Negative log-likelihood", "nats", _LOWER, Kind.PAIRED, Scope.DATASET, Display("nats", 1, 3)),
        _metric("gflops", "GFLOPs", "GFLOPs", _LOWER, Kind.EXACT, Scope.MODEL, Display("GFLOPs", 1, 2)),
        _metric("parameters", "Parameters", "", _LOWER, Kind.EXACT, Scope.MODEL, Display("M", 1e-6, 2)),
        _metric("throughput", "Throughput", "images/s", _HIGHER, Kind.SAMPLED, Scope.MODEL, Display("images/s", 1, 0)),
    )
}

_ARCHITECTURES = {
    # key: (title, parameters, parameters of the head, GFLOPs, of which attention, throughput, top-1)
    "convit-ti": ("ConViT-Ti", 5_711_000, 193_000, 1.257, 0.177, 9412.0, 73.12),
    "convit-ti-plus": ("ConViT-Ti+", 9_973_000, 257_000, 2.137, 0.236, 7203.0, None),
    "convit-s": ("ConViT-S", 27_777_000, 433_000, 5.757, 0.399, 3011.0, 81.36),
    "convit-s-plus": ("ConViT-S+", 48_980_000, 577_000, 10.016, 0.532, 2120.0, None),
    "convit-b": ("ConViT-B", 86_540_000, 769_000, 17.524, 0.709, 1290.0, 82.31),
    "convit-b-plus": ("ConViT-B+", 153_135_000, 1_025_000, 30.765, 0.946, 801.0, None),
}
_DEITS = {"deit-ti": "DeiT-Ti", "deit-ti-plus": "DeiT-Ti+", "deit-s": "DeiT-S"} | {
    "deit-s-plus": "DeiT-S+",
    "deit-b": "DeiT-B",
    "deit-b-plus": "DeiT-B+",
}
_PUBLIC = {"convit-ti", "convit-s", "convit-b", "deit-ti", "deit-s", "deit-b"}


def _no_model(classes: int) -> None:
    raise AssertionError("a site is built without models")


def example_catalogue() -> Catalogue:
    """The paper's twelve variants, ImageNet and the demo, six metrics."""
    titles = {key: values[0] for key, values in _ARCHITECTURES.items()} | _DEITS
    variants = {
        key: Variant(
            key=key,
            title=title,
            family=key.partition("-")[0],
            build=_no_model,
            recipe=RECIPE,
            checkpoints=(Checkpoint(f"hub:timm/{key}", "Apache-2.0"),) if key in _PUBLIC else (),
            weights_note=None if key in _PUBLIC else "Nobody published PyTorch weights of this variant.",
            architecture={"heads": 4, "embedding": 192},
            paper="convit"
            if key.endswith("-plus")
            else key.partition("-")[0],  # that paper trained all the larger ones
        )
        for key, title in titles.items()
    }
    imagenet = Dataset("imagenet-1k", "ImageNet-1k", ("n01440764",), ("tench",), 50_000, "Photographs.")
    demo = Dataset("demo", "Demo", ("red",), ("red",), 64, "Generated images.", is_demo=True)
    return Catalogue(variants, {"imagenet-1k": imagenet, "demo": demo}, METRICS)


def example_records() -> tuple[Record, ...]:
    """Cost of six variants, accuracy of three (one of them partial), a failed attempt, and a demo."""
    return (*map(_cost, _ARCHITECTURES), *_passes(), _failure(), *map(_demo, ("convit-ti", "convit-s-plus")))


def _cost(key: str) -> Record:
    _, parameters, head, gflops, attention, throughput, _ = _ARCHITECTURES[key]
    operators = {"linear": gflops - attention - 0.1, "conv": 0.08, "matmul": attention, "layer_norm": 0.02}
    measurements = {
        "gflops": Measurement(gflops, "GFLOPs", details={"operators": operators}),
        "parameters": Measurement(parameters, "", details={"without_head": parameters - head}),
        "throughput": make_measurement(throughput, "images/s", half_width=throughput * 0.01),
    }
    return make_record(key, None, measurements=measurements)


def _passes() -> tuple[Record, ...]:
    found = []
    for key, top5 in (("convit-ti", 91.70), ("convit-s", 95.74), ("convit-b", 95.94)):
        top1 = _ARCHITECTURES[key][6]
        if top1 is None:
            continue
        is_partial = key == "convit-s"
        width = 2.7 if is_partial else 0.34
        found.append(
            make_record(
                key,
                measurements={
                    "top1": make_measurement(top1, "%", half_width=width),
                    "top5": make_measurement(top5, "%", half_width=width / 2),
                    "nll": make_measurement(0.9, "nats", half_width=0.02),
                },
                status=Status.PARTIAL if is_partial else Status.COMPLETE,
                reason="200 of 50,000 images" if is_partial else None,
            )
        )
    return tuple(found)


def _failure() -> Record:
    reason = "the weights could not be fetched: the host does not answer"
    return make_record("deit-b", status=Status.FAILED, reason=reason, measurements={})


def _demo(key: str) -> Record:
    measurements = {"top1": make_measurement(76.56, "%", half_width=9.8), "top5": make_measurement(99.1, "%")}
    return make_record(
        key, "demo", measurements=measurements, device="Intel(R) Xeon(R)", weights=WeightsStatus.PROBE, campaign="demo"
    )


def example_archive(records: tuple[Record, ...] | None = None) -> MemoryArchive:
    """The real knowledge, the twelve variants, and `records` (by default one of every kind)."""
    knowledge = load_knowledge()
    return MemoryArchive(
        catalogue=example_catalogue(),
        all_records=example_records() if records is None else records,
        all_papers=knowledge.papers,
        all_tasks=knowledge.tasks,
        all_datasets=knowledge.datasets,
        all_methods=knowledge.methods,
        all_claims=knowledge.claims,
    )
