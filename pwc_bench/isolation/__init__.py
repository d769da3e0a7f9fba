"""Other people's code (models, metrics, plug-ins) run so that whatever it does stays its own affair."""

from pwc_bench.core.errors import PluginWarning
from pwc_bench.isolation.containment import ContainedError, contained, described
from pwc_bench.isolation.plugins import offered_parts

__all__ = ["ContainedError", "PluginWarning", "contained", "described", "offered_parts"]
