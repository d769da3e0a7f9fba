"""Values for tests: records and claims with made-up numbers that no page outside the tests ever shows."""

from collections.abc import Mapping

from pwc_bench.core.claim import Claim
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Environment, PredictionsFile, Provenance, Record, Status, Weights, WeightsStatus
from pwc_bench.core.variant import Recipe

RECIPE = Recipe(key="exact-256-224")


def make_measurement(value: float, unit: str, *, half_width: float | None = None) -> Measurement:
    """A measurement, with a symmetric interval where `half_width` is given."""
    interval = None if half_width is None else (value - half_width, value + half_width)
    return Measurement(value=value, unit=unit, interval=interval)


def make_record(
    variant: str = "convit-s",
    dataset: str | None = "imagenet-1k",
    *,
    measurements: Mapping[str, Measurement] | None = None,
    status: Status = Status.COMPLETE,
    reason: str | None = None,
    campaign: str = "2026-01-01-test",
    started: str = "2026-01-01T12:00:00Z",
    device: str = "NVIDIA H200",
    weights: WeightsStatus = WeightsStatus.PUBLIC,
) -> Record:
    """A record of accuracy (with a data set) or of cost (dataset None)."""
    if measurements is None and dataset is None:
        measurements = {
            "gflops": Measurement(5.757, "GFLOPs", details={"operators": {"linear": 5.283, "matmul": 0.399}}),
            "parameters": Measurement(27_777_000, "", details={"without_head": 27_344_000}),
            "throughput": make_measurement(3000.0, "images/s", half_width=25.0),
        }
    elif measurements is None:
        measurements = {
            "top1": make_measurement(81.3, "%", half_width=0.34),
            "top5": make_measurement(95.7, "%", half_width=0.18),
        }
    return Record(
        campaign=campaign,
        status=status,
        status_reason=reason,
        variant=variant,
        dataset=dataset,
        started=started,
        duration_seconds=12.5,
        measurements=measurements,
        environment=Environment(
            device=device,
            device_type="cuda" if "NVIDIA" in device else "cpu",
            precision="fp32",
            implementation="reference",
            batch_size=64,
        ),
        provenance=Provenance(
            weights=Weights(weights, uri="hub:timm/convit_small.fb_in1k", sha256="ab" * 32),
            harness_version="0.1.0",
            recipe=None if dataset is None else RECIPE,
            images_expected=None if dataset is None else 50_000,
            images_seen=None if dataset is None else 50_000,
            manifest_sha256=None if dataset is None else "cd" * 32,
            predictions=None
            if dataset is None
            else PredictionsFile("predictions/" + "ef" * 32 + ".parquet", "ef" * 32),
            git_commit="0" * 40,
            git_dirty=False,
            command="pwc-bench run --models convit-s",
        ),
    )


def make_claim(model: str = "ConViT-S", metric: str = "gflops", value: str = "5.4", unit: str = "GFLOPs") -> Claim:
    """A claim of the ConViT paper's Table 1."""
    variant = model.lower().replace("+", "-plus")
    return Claim(
        paper="convit",
        model=model,
        variant=variant,
        task="image-classification",
        dataset="imagenet-1k",
        metric=metric,
        value=value,
        unit=unit,
        source="Table 1",
        source_url="https://arxiv.org/abs/2103.10697",
    )
