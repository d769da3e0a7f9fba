"""Undoing what training tools wrap around a state dict, until each tensor has the name that the model gives it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor

from pwc_bench.core.errors import WeightsError

ALL_PARTS = "all its parts"
"""The place of all tensors of a file together, which may hold a model in parts."""

_COUNTERS = ("total_ops", "total_params", "n_averaged")
"""What profilers and averaging leave among the tensors. No model computes with it."""
_DERIVED = ("rel_indices",)
"""Buffers that follow from the architecture: ConViT's position indices, which some versions save and others do not."""
_UNUSED_IN_EVALUATION = ("num_batches_tracked",)
"""Buffers that only training reads; checkpoints from before PyTorch 0.4.1 lack them."""
_PREFIXES_TRIED = 8
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A checkpoint's tensors by the model's names."""

    tensors: dict[str, Tensor]
    undone: tuple[str, ...]
    """What was undone to get there, as a record says it; empty if nothing was."""


def is_average(name: str) -> bool:
    """Tell whether a name is that of an average of weights, or of a teacher: used only where nothing else fits."""
    return any(word in name.lower() for word in ("ema", "averag", "swa", "teacher", "momentum"))


def unwrapped(states: Mapping[str, Mapping[str, Tensor]], own: Mapping[str, Tensor], name: str) -> Unwrapped:
    """Return the tensors of `own`'s names from the first of `states` (by their place in the file) that has them all.

    Any prefix, and any words within names that the model's own names do not have, are undone if every tensor of the
    model is there afterwards; if the model's own names hold such words, those are. Raises WeightsError (which calls the
    file `name`) if tensors are missing, if there are more than the model has, or if several sets could be meant.
    """
    best: tuple[_Renaming, str] | None = None
    fitting: list[tuple[_Renaming, str]] = []
    for place, state in states.items():
        if place == ALL_PARTS and fitting:
            continue
        renaming = _best(list(_renamings(state, own)), name)
        if not renaming.missing:
            fitting.append((renaming, place))
        if best is None or len(renaming.missing) < len(best[0].missing):
            best = renaming, place
    if fitting:
        first, place = fitting[0]
        rivals = [where for _, where in fitting[1:] if where and not is_average(where)]
        if place and _last(place) not in _PREFERRED and not is_average(place) and rivals:
            raise WeightsError(f"{name} holds the model several times, under {place} and {rivals[0]}: save one alone")
        best = first, place
    assert best is not None
    return _applied(*best, states[best[1]], own, name)


_PREFERRED = ("model", "state_dict", "model_state_dict", "module", "net", "model_ema", "state_dict_ema")


@dataclass(frozen=True, slots=True)
class _Renaming:
    """One way to see a state dict."""

    names: dict[str, str]
    """The model's name -> the file's."""
    missing: list[str]
    """The model's names that have none in the file."""
    surplus: list[str]
    """The file's names that the model has no tensor for."""
    aside: list[str]
    """Names beside the model's own subtree, as of a loss or of another network."""
    prefix: str
    words: list[str]
    """Words that were left out of names."""


def _renamings(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Iterator[_Renaming]:
    """Yield the ways to see `state`, the plainest first."""
    keys = [key for key in state if key in own or _last(key) not in (*_COUNTERS, *_DERIVED)]
    file_words, own_words = _words(keys), _words(own)
    for own_drops in (frozenset[str](), own_words - file_words):
        for drops in (frozenset[str](), file_words - own_words):
            file_names, own_names = _without(keys, drops), _without(own, own_drops)
            for prefix in _prefixes(file_names, own_names):
                yield _renaming(keys, file_names, own_names, prefix, drops | own_drops)


def _renaming(
    keys: list[str],
    file_names: Mapping[str, list[str]],
    own_names: Mapping[str, list[str]],
    prefix: str,
    drops: frozenset[str],
) -> _Renaming:
    names, missing = {}, []
    for short, (key, *twins) in own_names.items():
        found = file_names.get(prefix + short, [])
        if len(found) == 1 and not twins:
            names[key] = found[0]
        elif _last(key) not in _UNUSED_IN_EVALUATION:
            missing += [key, *twins]
    used = set(names.values())
    left = [key for key in keys if key not in used]
    roots = {key.partition(".")[0] for key in used}
    is_subtree = len(roots) == 1 and (prefix or roots <= drops)
    aside = [key for key in left if is_subtree and key.partition(".")[0] not in roots]
    words = sorted(word for word in drops if any(word in key.split(".") for key in (*used, *names)))
    return _Renaming(names, missing, [key for key in left if key not in set(aside)], aside, prefix, words)


def _best(renamings: list[_Renaming], name: str) -> _Renaming:
    """Return the renaming that leaves the fewest tensors missing. Raises WeightsError if two of a kind leave none."""
    best = min(renamings, key=lambda each: (len(each.missing), len(each.surplus) > 0))
    rivals = [
        each.prefix
        for each in renamings
        if each.prefix != best.prefix and each.words == best.words and not each.missing and not each.surplus
    ]
    rivals = [prefix for prefix in rivals if not is_average(prefix) or is_average(best.prefix)]
    if not best.missing and best.prefix and rivals and best.prefix.rstrip(".") not in _PREFERRED:
        raise WeightsError(
            f"{name} holds the model several times, under {best.prefix} and {rivals[0]}: save one of them alone"
        )
    return best


def _prefixes(file_names: Mapping[str, list[str]], own_names: Mapping[str, list[str]]) -> list[str]:
    """Return the prefixes under which most of the model's names stand: none first, averages last."""
    votes: Counter[str] = Counter()
    for key in file_names:
        start = key.find(".") + 1
        while start:
            if key[start:] in own_names:
                votes[key[:start]] += 1
            start = key.find(".", start) + 1
    common = [prefix for prefix, _ in votes.most_common(_PREFIXES_TRIED)]
    known = {f"{word}.": rank for rank, word in enumerate(_PREFERRED)}
    common.sort(key=lambda prefix: (is_average(prefix), -votes[prefix], known.get(prefix, len(known)), prefix))
    return ["", *common]


def _applied(
    chosen: _Renaming, place: str, state: Mapping[str, Tensor], own: Mapping[str, Tensor], name: str
) -> Unwrapped:
    _check_names(chosen, state, own, name)
    aside = [*chosen.aside, *(key for key in state if key not in own and _last(key) in _COUNTERS)]
    undone = (
        *([f"taken from {place}"] if place else []),
        *([f"prefix {chosen.prefix} removed"] if chosen.prefix else []),
        *([f"{', '.join(chosen.words)} left out of names"] if chosen.words else []),
        *([f"left aside: {some(aside)}"] if aside else []),
    )
    return Unwrapped({key: state[there] for key, there in chosen.names.items()}, undone)


def _check_names(chosen: _Renaming, state: Mapping[str, Tensor], own: Mapping[str, Tensor], name: str) -> None:
    missing, surplus = chosen.missing, chosen.surplus
    if missing and surplus:
        if not _shapes(own) - _shapes(state):
            raise WeightsError(
                f"{name} holds tensors of all the model's shapes under other names: "
                f"it has {some(surplus)} where the model has {some(missing)}; rename them"
            )
        if len(missing) < len(own) / 2:
            raise WeightsError(
                f"{name} lacks {some(missing)} of the model's {len(own):,} tensors; in the way: {some(surplus)}"
            )
        raise WeightsError(
            f"{name} is a checkpoint of another model: it lacks {some(missing)} and has {some(surplus)} too many"
        )
    if missing:
        raise WeightsError(f"{name} lacks {some(missing)} of the model's {len(own):,} tensors")
    if surplus:
        raise WeightsError(f"{name} has {some(surplus)} that the model does not have")


def some(keys: list[str]) -> str:
    """Name a few: "4 tensors (a, b, c, …)"."""
    named = ", ".join(keys[:_NAMED]) + (", …" if len(keys) > _NAMED else "")
    return f"{len(keys):,} tensor{'' if len(keys) == 1 else 's'} ({named})"


def _shapes(tensors: Mapping[str, Tensor]) -> Counter[tuple[int, ...]]:
    return Counter(tuple(tensor.shape) for key, tensor in tensors.items() if _last(key) not in _UNUSED_IN_EVALUATION)


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _words(keys: Mapping[str, object] | list[str]) -> frozenset[str]:
    """Return the words of which names consist; numbers tell layers apart and are none, and neither are last words."""
    return frozenset(word for key in keys for word in key.split(".")[:-1] if not word.isdigit())


def _without(keys: Mapping[str, object] | list[str], words: frozenset[str]) -> dict[str, list[str]]:
    """Return names without `words`, each with the whole names that it stands for."""
    found: dict[str, list[str]] = {}
    for key in keys:
        short = ".".join(word for word in key.split(".") if word not in words) if words else key
        found.setdefault(short, []).append(key)
    return found
