"""From logits to what is kept of each image."""

import torch
from torch.nn import functional

TOP = 5
NOT_FINITE = "the model's outputs are not finite: try --precision fp32 or bf16"


def normalise(crops: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Turn uint8 crops of shape (n, side, side, 3) into float32 of shape (n, 3, side, side).

    The arithmetic is torchvision's, in its order: divide by 255, subtract `mean`, divide by `std` (both of shape
    (3, 1, 1)), so that the values equal those of `ToTensor` and `Normalize` to the last bit.
    """
    return crops.permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std).contiguous()


class OutcomeBuffer:
    """Collects the outcomes of a shard on the device; nothing is synchronised until they are taken."""

    def __init__(self) -> None:
        self._parts: list[tuple[torch.Tensor, ...]] = []

    def add(self, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Add a batch: float32 logits of shape (n, classes) and int64 labels of shape (n,), on the same device."""
        k = min(TOP, logits.shape[1])
        values, top = logits.topk(k, dim=1)
        scores = (values - logits.logsumexp(dim=1, keepdim=True)).exp()
        nll = functional.cross_entropy(logits, labels, reduction="none")
        # Which of equal scores topk takes is chance: only here, with all of them, can that be seen.
        last, own = values[:, -1:], logits.gather(1, labels[:, None])
        tied = (own == last).squeeze(1) & ((logits >= last).sum(dim=1) > k)
        if k < TOP:
            top = functional.pad(top, (0, TOP - k), value=-1)
            scores = functional.pad(scores, (0, TOP - k))
        self._parts.append((top, scores, nll, tied))

    def take(self) -> tuple[torch.Tensor, ...]:
        """Return top-5 (n, 5), scores (n, 5), nll (n,) and ties at the border (n,) of all batches on the host.

        This waits for the device.
        """
        columns = tuple(torch.cat(column).cpu() for column in zip(*self._parts, strict=True))
        self._parts.clear()
        return columns
