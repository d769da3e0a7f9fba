"""What gauges feed to a model."""

from typing import Any

_SEED = 0


def random_images(images: int, side_px: int, device: str = "cpu") -> Any:  # noqa: ANN401 - a torch tensor
    """Return a float32 batch of shape (images, 3, side_px, side_px), normally distributed, the same at each call.

    Never zeros: processors finish those faster and cooler. The global random state is left alone.
    """
    import torch

    generator = torch.Generator().manual_seed(_SEED)
    return torch.randn(images, 3, side_px, side_px, generator=generator).to(device)
