"""What people bring, whatever it holds: records, submissions, evaluation tables, labels, checkpoints.

Any bytes in, or any tree in the shape of the form with something odd in it: never a traceback, and one line that says
what is wrong. `check`, whose 1 means a regression, has tests of its own.
"""

import gzip
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from pwc_bench.core.errors import SourceError, WeightsError
from pwc_bench.core.record import record_to_dict
from pwc_bench.evaluation.weights.read import read_states
from pwc_bench.sources import open_source
from tests.cli.gate import check_here
from tests.cli.test_import_submit import CLAIM, TABLES
from tests.factories import make_record
from tests.sources.storage import IMAGENET, TENCH, write_files

ENDS = {0, 2}
_texts = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["\ud800", "\0", "\ufeff", "\x1b[2J", "1e400", "NaN", "../x", "=1+1", "9" * 5000]),
)
_odd: st.SearchStrategy[object] = st.one_of(
    st.sampled_from([None, True, -0.0, 1e308, 10**400, float("nan"), [], {}, [[]], {"a": {"b": None}}]), _texts
)
_signs = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\n", b"- ", b"&a ", b"*a ", b"\xff", b"\0", b"claims"]
_bytes = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from(_signs), max_size=12).map(b"".join),
    st.integers(1, 3000).map(lambda depth: b"[" * depth),
)


def _json(tree: object) -> bytes:
    return json.dumps(tree).encode()


def _yaml(tree: object) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass")


@st.composite
def _spoilt(draw: st.DrawFn, whole: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """A tree with something odd in one to three places: a value replaced, a key renamed, a part left out."""
    tree = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 3))):
        place = tree
        while True:
            steps = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if isinstance(place[step], dict | list) and place[step] and draw(st.integers(0, 3)):
                place = place[step]
                continue
            if isinstance(place, dict) and draw(st.integers(0, 4)) == 0:
                place[draw(_texts)] = place.pop(step)
            else:
                place[step] = draw(_odd)
            break
    return tree


def _ends(place: Path, name: str, content: bytes, *command: str) -> None:
    (place / name).write_bytes(content)
    done = check_here(place, *command[1:], name, "--db", "x.db", command=command[0])
    assert done.returncode in ENDS, done.stderr
    if done.returncode:
        (line,) = done.stderr.splitlines()
        assert line.startswith(("error: ", "Error: ")), line


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to bring files to."""
    return tmp_path_factory.mktemp("brought")


_RECORD = record_to_dict(make_record())


@given(content=st.one_of(_bytes, _spoilt(_RECORD).map(_json)))
def test_any_records(folder: Path, content: bytes) -> None:
    """A file of records."""
    _ends(folder, "x.jsonl", content, "import", "--format", "records")


_submission = _spoilt(yaml.safe_load(CLAIM))


@given(content=st.one_of(_bytes, _submission.map(_json), _submission.map(_yaml)))
def test_any_submission(folder: Path, content: bytes) -> None:
    """A submission, written as YAML or as JSON."""
    _ends(folder, "x.yaml", content, "submit")


@given(content=st.one_of(_bytes, _spoilt(TABLES).map(_json)), cut=st.integers(0, 200))
def test_any_tables(folder: Path, content: bytes, cut: int) -> None:
    """Evaluation tables, plain or compressed, and cut off."""
    _ends(folder, "x.json", content, "import", "--format", "pwc")
    _ends(folder, "x.json.gz", gzip.compress(content)[: 20 + cut], "import", "--format", "pwc")


_words = st.lists(st.one_of(_texts, st.sampled_from(["a.JPEG", TENCH, "0", ",", " ", "\n", "\t"])), max_size=9)
_labels = _words.map(lambda words: " ".join(words).encode("utf-8", "surrogatepass"))


@given(content=st.one_of(_bytes, _labels), name=st.sampled_from(["labels.txt", "val.csv", "LOC_val_solution.csv"]))
def test_any_labels(folder: Path, content: bytes, name: str) -> None:
    """A list of labels beside images."""
    images = folder / "flat"
    for old in images.glob("*.*"):
        old.unlink()
    write_files(images, ["a.JPEG"])
    (images / name).write_bytes(content)
    said = ""
    try:
        open_source(str(images), IMAGENET).close()
    except SourceError as error:
        said = str(error)
    assert "\n" not in said


def _saved(value: object) -> bytes:
    stream = BytesIO()
    torch.save(value, stream)
    return stream.getvalue()


_WHOLE = (
    _saved({"state_dict": {"head.weight": torch.zeros(3, 2)}, "epoch": 3}),
    save({"head.weight": torch.zeros(3, 2)}),
)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A checkpoint that is cut off, or has some other bytes somewhere."""
    content = bytearray(draw(st.sampled_from(_WHOLE)))
    for _ in range(draw(st.integers(0, 4))):
        content[draw(st.integers(0, min(len(content), 400) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=100)
@given(content=st.one_of(_bytes, _damaged()), name=st.sampled_from(["x.pth", "x.safetensors", "x.npz", "x"]))
def test_any_checkpoint(folder: Path, content: bytes, name: str) -> None:
    """A checkpoint of whatever name."""
    (folder / name).write_bytes(content)
    said = ""
    try:
        read_states(folder / name, name)
    except WeightsError as error:
        said = str(error)
    assert "\n" not in said
