"""Deprecated: a recipe is `pwc_bench.Recipe`. The name stays for what was written against version 0.1."""

from pwc_bench.core.variant import Recipe

__all__ = ["Recipe"]
