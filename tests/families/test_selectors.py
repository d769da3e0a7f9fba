"""What `--models` means, for declared variants and those that other packages offer."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.families import load_variants, resolve
from pwc_bench.isolation import PluginWarning

CONVIT = ("convit-ti", "convit-ti-plus", "convit-s", "convit-s-plus", "convit-b", "convit-b-plus")
DEIT = ("deit-ti", "deit-ti-plus", "deit-s", "deit-s-plus", "deit-b", "deit-b-plus")


def _keys(selector: str) -> tuple[str, ...]:
    return tuple(variant.key for variant in resolve(selector))


def test_variants_are_declared_in_the_papers_order() -> None:
    """ConViT comes first, each family by size, and every key is the one under which it is filed."""
    declared = load_variants()
    assert tuple(declared) == CONVIT + DEIT
    assert all(key == variant.key for key, variant in declared.items())


@pytest.mark.parametrize(
    ("selector", "keys"),
    [
        ("all", CONVIT),
        ("convit", CONVIT),
        ("deit", DEIT),
        ("paper", CONVIT + DEIT),
        ("convit-b, convit-ti", ("convit-b", "convit-ti")),
        ("deit-s,convit-ti,deit-s", ("deit-s", "convit-ti")),
        ("convit-s,all", ("convit-s", "convit-ti", "convit-ti-plus", "convit-s-plus", "convit-b", "convit-b-plus")),
    ],
)
def test_selectors_keep_their_order_and_name_each_variant_once(selector: str, keys: tuple[str, ...]) -> None:
    """Groups, families and lists of keys may be mixed; a duplicate counts where it stands first."""
    assert _keys(selector) == keys


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("convit-sm", r"did you mean .*convit-s"),
        ("ConViT-S+", r"did you mean convit-s-plus\?"),
        ("papre", r"did you mean paper\?"),
        ("zzzz", r"no variant is called 'zzzz' \(`pwc-bench list variants` names all\)"),
        ("", "empty name"),
        ("convit-s,,deit-s", "empty name"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_ones(selector: str, message: str) -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(UsageError, match=message):
        resolve(selector)


def test_listing_variants_does_not_import_torch() -> None:
    """Declarations are free of torch, so that listing starts fast."""
    program = "import sys; from pwc_bench.families import load_variants, resolve; load_variants(); resolve('paper');"
    program += "print([m for m in ('torch', 'timm', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _install_package(folder: Path, monkeypatch: pytest.MonkeyPatch, offer: str) -> None:
    """Put an installed package with an entry point into `folder`, as pip would leave it, and onto the path."""
    (folder / "other_models.py").write_text(
        "from pwc_bench.core.variant import Recipe\n"
        "from pwc_bench.core.variant import Variant\n"
        "def build(num_classes): raise RuntimeError\n"
        "def make(key): return Variant(key=key, title=key, family='other', build=build, recipe=Recipe(key='r'))\n"
        f"OFFER = {offer}\n"
    )
    info = folder / "other_models-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-models\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pwc_bench.families]\nother = other_models:OFFER\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "other_models", raising=False)


@pytest.mark.parametrize(
    ("offer", "keys"),
    [("make('other-a')", ("other-a",)), ("(make('other-b'), make('other-c'))", ("other-b", "other-c"))],
)
def test_installed_packages_offer_variants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offer: str, keys: tuple[str, ...]
) -> None:
    """A Variant or several under our entry-point group are listed after ours and can be selected."""
    _install_package(tmp_path, monkeypatch, offer)
    assert tuple(load_variants()) == CONVIT + DEIT + keys
    assert _keys("other") == keys
    assert _keys("all") == CONVIT


def test_an_offer_with_a_declared_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No package can quietly take the place of a declared variant: it is named and left out."""
    _install_package(tmp_path, monkeypatch, "make('convit-s')")
    with pytest.warns(PluginWarning, match=r"other-models 1\.0 \(entry point other = .*the key 'convit-s' is taken"):
        assert tuple(load_variants()) == CONVIT + DEIT


def test_an_offer_that_is_no_variant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point must yield variants; ours are there whatever others offer."""
    _install_package(tmp_path, monkeypatch, "{'key': 'x'}")
    with pytest.warns(PluginWarning, match=r"offers dict: it must be a Variant"):
        assert tuple(load_variants()) == CONVIT + DEIT


def test_variants_are_values() -> None:
    """Two loads give equal variants; a change to any declared field makes another variant."""
    one = load_variants()["convit-s"]
    assert one == load_variants()["convit-s"]
    assert one != replace(one, title="x")
