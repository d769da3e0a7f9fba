"""`--batch-size auto`: the best number of images a batch, found by measuring, kept for the campaign and the machine."""

from pwc_bench.evaluation.batch_size.settling import remembered_size, settle_batch_size

__all__ = ["remembered_size", "settle_batch_size"]
