"""What this installation knows how to measure, as one value."""

from pwc_bench.core.archive import Catalogue


def load_catalogue() -> Catalogue:
    """Load the declared variants, data sets and metrics; no torch is imported for it."""
    from pwc_bench.datasets import load_datasets
    from pwc_bench.families import load_variants
    from pwc_bench.metrics import load_metrics

    return Catalogue(variants=load_variants(), datasets=load_datasets(), metrics=load_metrics())
