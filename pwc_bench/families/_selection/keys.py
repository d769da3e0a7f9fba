"""Names of declared variants: keys, families and the two groups of the paper."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pwc_bench.core.errors import UsageError
from pwc_bench.core.variant import Variant

GROUPS: Mapping[str, tuple[str, ...]] = {"all": ("convit",), "paper": ("convit", "deit")}
"""The families behind each group: `paper` is the whole of the ConViT paper's Table 1."""


def select_declared(name: str, declared: Mapping[str, Variant]) -> tuple[Variant, ...]:
    """Return the variants of a group, of a family, or the one with this key. Raises UsageError for any other name."""
    if name in declared:
        return (declared[name],)
    families = GROUPS.get(name, (name,))
    found = tuple(variant for family in families for variant in declared.values() if variant.family == family)
    if not found:
        by_title = {variant.title.casefold(): variant.key for variant in declared.values()}
        known = [*declared, *GROUPS, *dict.fromkeys(variant.family for variant in declared.values())]
        hint = f"; did you mean {by_title[name.casefold()]}?" if name.casefold() in by_title else ""
        raise UsageError(
            f"no variant is called {name!r}{hint or did_you_mean(name, known)} (`pwc-bench list variants` names all)"
        )
    return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean a, b or c?" with the nearest known names, or nothing where none is near."""
    near = get_close_matches(name.casefold(), list(known), n=3, cutoff=0.6)
    if not near:
        return ""
    return "; did you mean " + " or ".join(filter(None, (", ".join(near[:-1]), near[-1]))) + "?"
