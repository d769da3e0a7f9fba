"""Per-image results, kept small."""

from dataclasses import replace

from pwc_bench.site.parts.pairs import GuessDesk
from tests.site.parts.guessing import archive_of, batch_of, pass_of


def test_first_guesses_and_labels_are_kept() -> None:
    """One number an image of each, and whose record it was."""
    batch = batch_of([0, 901, 2], [0, 1, 3])
    (found,) = GuessDesk(archive_of({"convit-s": batch})).of_variant("convit-s")
    assert found.top1.tolist() == [0, 1, 3]
    assert found.labels.tolist() == [0, 901, 2]
    assert found.record.dataset == "imagenet-1k"


def test_records_on_one_manifest_share_names_and_labels() -> None:
    """Twelve variants on 50,000 images hold the names once."""
    desk = GuessDesk(archive_of({"convit-s": batch_of([0, 1], [0, 0]), "convit-b": batch_of([0, 1], [1, 1])}))
    (first,), (second,) = desk.of_variant("convit-s"), desk.of_variant("convit-b")
    assert first.images is second.images
    assert first.labels is second.labels


def test_an_image_that_failed_once_keeps_the_lists_apart() -> None:
    """The same manifest, one image fewer."""
    desk = GuessDesk(archive_of({"convit-s": batch_of([0, 1], [0, 0]), "convit-b": batch_of([0], [1])}))
    (first,), (second,) = desk.of_variant("convit-s"), desk.of_variant("convit-b")
    assert (len(first.images), len(second.images)) == (2, 1)


def test_without_predictions_there_is_nothing_to_compare() -> None:
    """A record whose file is gone, and a variant without a record."""
    archive = replace(archive_of({}, further=(pass_of("convit-s"),)), all_predictions={})
    assert GuessDesk(archive).of_variant("convit-s") == ()
    assert GuessDesk(archive).of_variant("convit-b") == ()
