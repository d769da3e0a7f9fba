"""How a run uses the machine."""

from dataclasses import dataclass

__all__ = ["IMPLEMENTATIONS", "PRECISIONS", "Settings"]

PRECISIONS = ("fp32", "bf16", "fp16")
IMPLEMENTATIONS = ("fused", "reference")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that change speed, and may change the last digits of scores. All belong to the environment."""

    device: str = "cpu"
    """A torch device: "cpu", "cuda", "cuda:1"."""
    precision: str = "fp32"
    """One of PRECISIONS."""
    tf32: bool = False
    """Whether fp32 matrix products on CUDA may use TF32."""
    compile: bool = False
    """Whether `torch.compile` is applied."""
    cuda_graphs: bool = False
    """Whether the forward is captured in a CUDA graph and replayed."""
    channels_last: bool = False
    """Whether convolutions run in the channels-last memory format."""
    batch_size: int = 64
    """Images a batch, in the pass and in the throughput rounds."""
    workers: int = 2
    """Threads that read and decode."""
    device_resize: bool = False
    """Whether the device resizes images itself, where it gives Pillow's very pixels."""
    implementation: str = "reference"
    """Which implementation of the models is asked for, one of IMPLEMENTATIONS: "reference" is timm's own code, "fused"
    ours, which runs where a variant has one and its logits are the reference's."""

    @property
    def device_type(self) -> str:
        """Return "cpu" or "cuda"."""
        return self.device.partition(":")[0]
