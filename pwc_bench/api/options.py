"""What a person asks of a run, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of `run`, as typed; `prepare` makes an evaluation's request of them."""

    models: str = "all"
    """all, paper, a family, variant keys joined by commas, `timm:NAME` or `module:factory`."""
    data: str | None = None
    """Where the images lie; None for $PWC_BENCH_IMAGENET, else the demo."""
    dataset: str | None = None
    """What the images are; None for "demo" with the demo's data and "imagenet-1k" with any other."""
    metrics: tuple[str, ...] = ()
    """The keys of the metrics that are wanted; empty for all."""
    weights: Mapping[str, str] = field(default_factory=dict)
    """Variant key -> path, https address or "hub:OWNER/NAME"."""
    weights_dir: Path | None = None
    """A folder with files named after variant keys."""
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    precision: str = "fp32"
    """fp32, bf16 or fp16."""
    implementation: str = "fused"
    """fused (where a variant has such an implementation, else the reference) or reference."""
    recipe: str = "test"
    """Which of timm's two configurations decides size and crop: test or train."""
    quiet_budget: float | None = None
    """Seconds that timing may spend on waiting for a quiet machine and on repeating what was disturbed; None for
    $PWC_BENCH_QUIET_BUDGET, else 10."""
    compare_implementations: bool = False
    """Measure the speed of the reference too, beside each fused implementation."""
    tf32: bool = False
    compile: bool = False
    cuda_graphs: bool = False
    channels_last: bool = False
    device_resize: bool = False
    """Resize images on the device, after a self-test that its pixels are Pillow's."""
    batch_size: int | None = None
    """Images a batch; None for the best, found by measuring."""
    workers: int | None = None
    """Threads that decode; None for one a CPU, at most 16."""
    limit: int | None = None
    """Evaluate this many images, spread evenly over the data; None for all."""
    crop_cache: bool = False
    """Keep decoded crops on disk, so that later passes need not decode."""
    crop_cache_limit: float = 20.0
    """GiB that the crop cache may take."""
    campaign: str | None = None
    """The campaign's name; None for one made from the date."""
    note: str | None = None
    model_timeout: float = 1800.0
    """The seconds that one step of a model may take: its import, its building, one batch, one round of a metric."""
    fresh: bool = False
    """Start anew even where an interrupted campaign could be continued."""
    command: str | None = None
    """The command line that was typed, for the records."""
