"""What the browser is given to compare any two models."""

import base64
import json
from typing import Any

import numpy as np

from pwc_bench.claims.naming import Names
from pwc_bench.site.parts.pairs import GuessDesk, Pair, guesses_script, index_script, labels_name, labels_script
from tests.site.parts.guessing import archive_of, batch_of


def _value(script: str) -> tuple[str, Any]:
    head, _, text = script.partition("]=")
    return json.loads(head.partition("[")[2]), json.loads(text)


def _numbers(packed: str) -> list[int]:
    return [int(number) for number in np.frombuffer(base64.b64decode(packed), "<i2")]


def test_guesses_and_labels_come_back_as_they_were() -> None:
    """Two bytes an image, -1 included."""
    archive = archive_of({"convit-s": batch_of([0, 0, 0], [999, -1, 0])})
    (guesses,) = GuessDesk(archive).of_variant("convit-s")
    path, script = guesses_script(guesses)
    name, packed = _value(script)
    assert path == f"compare/data/{guesses.record.id[:16]}.js"
    assert name == guesses.record.id[:16]
    assert _numbers(packed) == [999, -1, 0]
    path, script = labels_script(guesses, archive.catalogue.datasets["imagenet-1k"])
    name, value = _value(script)
    assert path == f"compare/data/{labels_name(guesses)}.js"
    assert (_numbers(value["labels"]), value["names"]) == ([0, 0, 0], ["tench"])


def test_the_index_names_figures_guesses_and_pages() -> None:
    """Every model with its claims, its measurements and where its guesses lie."""
    archive = archive_of({"convit-s": batch_of([0], [0])})
    (guesses,) = GuessDesk(archive).of_variant("convit-s")
    script = index_script(
        archive, Names.of(archive), ["convit-s"], {"convit-s": (guesses,)}, [Pair("convit-s", "deit-s")]
    )
    name, value = _value(script)
    assert name == "index"
    model = value["models"]["convit-s"]
    assert (model["title"], model["href"]) == ("ConViT-S", "../model/convit-s/index.html")
    top1 = next(
        row
        for row in model["figures"]["imagenet-1k"]
        if value["metrics"][row[0]][0] == "Top-1 accuracy, % (higher is better)"
    )
    assert top1[1:5] == ["81.3", "81.30", f"../record/{guesses.record.id}/index.html", 81.3]
    assert model["guesses"]["imagenet-1k"] == ["ImageNet-1k", labels_name(guesses), guesses.record.id[:16]]
    assert value["pairs"] == {"convit-s deit-s": "convit-s-vs-deit-s/index.html"}
    assert value["datasets"]["imagenet-1k"] == "ImageNet-1k"
