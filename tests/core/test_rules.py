"""Recipes, slugs, sources and the choice among records."""

import dataclasses

import pytest

from pwc_bench.core.dataset import Dataset, Item, manifest_sha256
from pwc_bench.core.instruments import Settings
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.core.selection import current_record
from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Recipe
from tests.factories import make_record


def test_recipe_follows_the_crop_fraction() -> None:
    """ConViT's 0.875 resizes to 256, DeiT's 0.9 to 248, as timm floors it."""
    assert Recipe.for_crop_fraction(224, 0.875).resize_px == 256
    assert Recipe.for_crop_fraction(224, 0.9).resize_px == 248


def test_recipe_hash_covers_every_field() -> None:
    """Whatever decides the pixels changes the hash."""
    recipe = Recipe.for_crop_fraction(224, 0.875)
    changes = {
        "key": "other",
        "resize_px": 255,
        "crop_px": 223,
        "interpolation": "bilinear",
        "mean": (0.5, 0.5, 0.5),
        "std": (0.5, 0.5, 0.5),
        "exact": False,
        "max_resized_pixels": 1,
        "crop_mode": "squash",
    }
    assert set(changes) | {"configuration"} == {field.name for field in dataclasses.fields(Recipe)}
    hashes = {dataclasses.replace(recipe, **{name: value}).sha256 for name, value in changes.items()}  # type: ignore[arg-type]
    assert len(hashes | {recipe.sha256}) == len(changes) + 1


@pytest.mark.parametrize("configuration", [None, "test", "train"])
@pytest.mark.parametrize(
    ("fraction", "sha256"),
    [
        (0.875, "3ee4ddc6dc96d15a9b14975f926992f5dd4296ff37b93b80c20b9ff4a6588e6f"),
        (0.9, "73e18069ef05faf8fc0d008e77503090d5ee9589c9c3c2b294d7f40699846e2a"),
    ],
)
def test_hashes_of_published_recipes_stay(fraction: float, sha256: str, configuration: str | None) -> None:
    """What records hold of ConViT and DeiT is compared by these hashes; the configuration's name decides no pixel."""
    recipe = dataclasses.replace(Recipe.for_crop_fraction(224, fraction), configuration=configuration)
    assert recipe.sha256 == sha256


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ConViT-Ti+", "convit-ti-plus"),
        ("timm:resnet50.a1_in1k", "timm-resnet50-a1-in1k"),
        ("Stéphane d'Ascoli", "stephane-d-ascoli"),
        ("  ", "x-6c179f21"),
        ("日本", "x-cf2abf0c"),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    """Slugs are plain, stable, never empty, and of names in other scripts never the same."""
    assert slugify(text) == slug


def test_manifest_depends_on_names_labels_and_order() -> None:
    """Two passes with the same manifest saw the same images under the same labels."""
    items = [Item("a", 1), Item("b", 2)]
    assert manifest_sha256(items) == manifest_sha256(list(items))
    assert manifest_sha256(items) != manifest_sha256(items[::-1])
    assert manifest_sha256(items) != manifest_sha256([Item("a", 1), Item("b", 3)])


def test_the_current_record_is_the_newest_complete_one() -> None:
    """A newer partial record does not hide a complete one; a failed one is never chosen."""
    old = make_record(started="2026-01-01T00:00:00Z")
    new = make_record(started="2026-02-01T00:00:00Z")
    partial = make_record(started="2026-03-01T00:00:00Z", status=Status.PARTIAL, reason="10 of 50,000 images")
    failed = make_record(started="2026-04-01T00:00:00Z", status=Status.FAILED, reason="no")
    assert current_record([failed, partial, old, new], "top1") == new
    assert current_record([partial, failed], "top1") == partial
    assert current_record([failed], "top1") is None
    assert current_record([new], "gflops") is None


def test_labels_come_from_the_class_identifier() -> None:
    """A data set knows its classes by identifier, and says None of others."""
    dataset = Dataset("x", "X", ("n01", "n02"), ("fish", "bird"), 2, "Two classes.")
    assert (dataset.label_of("n02"), dataset.label_of("n03")) == (1, None)


def test_device_type() -> None:
    """The second GPU is a CUDA device."""
    assert Settings(device="cuda:1").device_type == "cuda"


def test_published_weights_speak_before_the_users_own() -> None:
    """A newer file of the user's own may be any model; where it is all there is, it speaks. Cost knows no weights."""
    published = make_record(started="2026-01-01T00:00:00Z")
    own = make_record(started="2026-02-01T00:00:00Z", weights=WeightsStatus.LOCAL)
    partial = make_record(started="2026-03-01T00:00:00Z", status=Status.PARTIAL)
    assert current_record([published, own], "top1") is published
    assert current_record([own, partial], "top1") is own
    cost = make_record(dataset=None, started="2026-02-01T00:00:00Z", weights=WeightsStatus.LOCAL)
    assert current_record([make_record(dataset=None), cost], "gflops") is cost
