"""Model families: which variants there are, and which of them `--models` means."""

import sys

from pwc_bench.core.errors import UsageError
from pwc_bench.core.parts import by_key, part_modules
from pwc_bench.core.variant import Variant
from pwc_bench.families._selection.keys import select_declared
from pwc_bench.families._selection.own_factory import own_variants
from pwc_bench.families._selection.timm_model import TIMM_PREFIX, variant_from_timm
from pwc_bench.isolation import offered_parts

__all__ = ["ENTRY_POINT_GROUP", "load_variants", "resolve"]

ENTRY_POINT_GROUP = "pwc_bench.families"
"""Other installed packages offer a Variant, or a tuple of them, under this entry-point group."""


def load_variants() -> dict[str, Variant]:
    """Return every declared variant by key: our families in their order, then what other packages offer.

    A broken offer is left out with a PluginWarning. Raises DuplicatePartError if two of our families share a key.
    """
    modules = part_modules(sys.modules[__name__])
    own = by_key(((variant.key, variant) for module in modules for variant in module.VARIANTS), "variants")
    return own | offered_parts(ENTRY_POINT_GROUP, _offered_variants, "variants", own, "VARIANTS")


def resolve(selector: str, configuration: str = "test", seconds: float | None = None) -> tuple[Variant, ...]:
    """Return the variants that a selector names, in its order, each once.

    A selector is a comma list of: `all` (the six ConViTs), `paper` (those and the six DeiTs of Table 1), a family's
    key, a variant's key, `timm:NAME` (any timm classifier) and `module:factory` (a model of one's own).
    `configuration` is which of the two recipes that timm states they have ("test" or "train", see core.recipe).
    Raises UsageError for a name that means nothing, with the nearest names that do. A module of one's own that fails,
    or is not imported within `seconds`, gives a variant that cannot be built and says why.
    """
    declared = load_variants()
    chosen: dict[str, Variant] = {}
    for name in (part.strip() for part in selector.split(",")):
        if not name:
            raise UsageError(f"--models {selector!r} has an empty name: separate names by single commas")
        for variant in _variants_named(name, declared, configuration, seconds):
            if chosen.setdefault(variant.key, variant) != variant:
                raise UsageError(f"two of --models {selector!r} have the key {variant.key!r}: rename one of them")
    return tuple(chosen.values())


def _variants_named(
    name: str, declared: dict[str, Variant], configuration: str, seconds: float | None
) -> tuple[Variant, ...]:
    if name.startswith(TIMM_PREFIX):
        from pwc_bench.families.convit.register import register_with_timm

        register_with_timm()
        return (variant_from_timm(name, configuration),)
    if ":" not in name:
        return select_declared(name, declared)
    variants = own_variants(name, configuration, seconds)
    for variant in variants:
        if variant.key in declared:
            raise UsageError(f"{name} makes a variant with the declared key {variant.key!r}: give it a key of its own")
    return variants


def _offered_variants(offered: object) -> list[tuple[str, Variant]]:
    variants = offered if isinstance(offered, tuple | list) else (offered,)
    if not all(isinstance(item, Variant) for item in variants):
        raise UsageError(f"it offers {type(offered).__name__}: it must be a Variant or several")
    return [(variant.key, variant) for variant in variants]
