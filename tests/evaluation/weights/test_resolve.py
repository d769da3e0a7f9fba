"""Where weights are looked for, in which order, and what a record says of them."""

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.variant import Checkpoint
from pwc_bench.evaluation.weights import ResolvedWeights, resolve_weights
from tests.evaluation.weights.conftest import Web
from tests.evaluation.weights.tiny import Listener, tiny_state, tiny_variant

CONTENT = save(tiny_state())
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def listener() -> Listener:
    """An observer that remembers."""
    return Listener()


def _resolve(
    tmp_path: Path,
    *checkpoints: Checkpoint,
    named: str | None = None,
    folder: Path | None = None,
    key: str = "tiny",
    listener: Listener | None = None,
) -> ResolvedWeights | None:
    return resolve_weights(
        tiny_variant(*checkpoints, key=key),
        named=named,
        folder=folder,
        cache=tmp_path / "cache",
        observer=listener or Listener(),
    )


def test_a_variant_without_public_weights_has_none(tmp_path: Path) -> None:
    """Nothing is invented: the caller says why accuracy is absent."""
    assert _resolve(tmp_path) is None


def test_a_named_file_is_local_and_its_folder_is_never_told(tmp_path: Path) -> None:
    """A record keeps the file's name and hash, not where on this machine it lies."""
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    found = _resolve(tmp_path, named=str(tmp_path / "mine.pth"))
    assert found is not None
    assert found.path == tmp_path / "mine.pth"
    assert found.weights == Weights(WeightsStatus.LOCAL, "mine.pth", SHA256)


@pytest.mark.parametrize(
    "name", ["tiny.pth", "tiny.pt", "tiny.safetensors", "tiny.bin", "tiny/model.safetensors", "tiny/pytorch_model.bin"]
)
def test_the_folder_is_searched_by_key(tmp_path: Path, name: str) -> None:
    """A file or a folder named after the variant is found, and goes before public weights."""
    path = tmp_path / "weights" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    found = _resolve(tmp_path, Checkpoint("https://host.invalid/x.pth", "MIT"), folder=tmp_path / "weights")
    assert found is not None
    assert found.weights == Weights(WeightsStatus.LOCAL, path.name, SHA256)


def test_keys_with_a_colon_have_a_file_name_too(tmp_path: Path) -> None:
    """`timm:resnet18` may lie in timm-resnet18.pth."""
    (tmp_path / "timm-resnet18.pth").write_bytes(CONTENT)
    assert _resolve(tmp_path, folder=tmp_path, key="timm:resnet18") is not None


def test_what_is_named_wins_over_the_folder(tmp_path: Path) -> None:
    """The explicit choice goes first."""
    (tmp_path / "tiny.pth").write_bytes(b"other")
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    found = _resolve(tmp_path, named=str(tmp_path / "mine.pth"), folder=tmp_path)
    assert found is not None
    assert found.path.name == "mine.pth"


def test_a_folder_with_other_variants_files_leaves_public_weights_in_force(tmp_path: Path) -> None:
    """Not every variant needs a file in the folder."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model.safetensors").write_bytes(CONTENT)
    assert _resolve(tmp_path, folder=tmp_path) is None


def test_a_named_folder_is_taken_for_a_model_of_the_hub(tmp_path: Path) -> None:
    """A folder with model.safetensors is its model; with a single checkpoint it is that one."""
    for name in ("model.safetensors", "pytorch_model.bin"):
        (tmp_path / name).write_bytes(CONTENT)
    found = _resolve(tmp_path, named=str(tmp_path))
    assert found is not None
    assert found.path.name == "model.safetensors"
    single = tmp_path / "single"
    single.mkdir()
    (single / "best.pth").write_bytes(CONTENT)
    found = _resolve(tmp_path, named=str(single))
    assert found is not None
    assert found.path.name == "best.pth"


@pytest.mark.parametrize(
    ("named", "folder", "message"),
    [
        ("no/such.pth", None, "no such weights file: no/such.pth"),
        ("empty", None, "the folder empty holds no weights: no file ends in"),
        ("several", None, "the folder several holds several checkpoints that could be meant: a.pth, b.pth; name one"),
        (None, "missing", "no such weights folder: missing"),
        (None, "empty", "the folder empty holds no weights: name the files after variants, as in tiny.pth"),
        (None, "twice", "the folder twice holds several .* be meant: tiny.pth, tiny.safetensors; name one"),
        ("http://example.org/x.pth", None, "http://example.org/x.pth is not an https address"),
        ("ftp://u:secret@example.org/x.pth", None, "^ftp://example.org/x.pth is not an https address"),
        (
            "https://u:secret@example.org/x.pth",
            None,
            "^https://example.org/x.pth: a user in an address is not supported",
        ),
        ("hub:only-one-part", None, "is not of the form hub:OWNER/NAME"),
        ("hub:a/b--c..d", None, "is not a name that the hub can hold"),
    ],
)
def test_places_that_cannot_be_meant_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None, folder: str | None, message: str
) -> None:
    """A wrong path, an empty folder, an ambiguous one and an address that is not https are told apart."""
    monkeypatch.chdir(tmp_path)
    for name in ("empty/notes.txt", "several/a.pth", "several/b.pth", "twice/tiny.pth", "twice/tiny.safetensors"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(CONTENT)
    with pytest.raises(WeightsError, match=message) as caught:
        _resolve(tmp_path, named=named, folder=None if folder is None else Path(folder))
    assert "secret" not in str(caught.value)


def test_public_weights_are_fetched_and_checked_by_their_pin(tmp_path: Path, web: Web, listener: Listener) -> None:
    """The first digits of the hash are enough; case does not matter."""
    address = web.serve("/tiny.pth", CONTENT)
    found = _resolve(tmp_path, Checkpoint(address, "MIT", SHA256[:8].upper()), listener=listener)
    assert found is not None
    assert found.weights == Weights(WeightsStatus.PUBLIC, address, SHA256)
    assert listener.steps[-1] == (len(CONTENT), len(CONTENT), "bytes")


@pytest.mark.parametrize("pin", ["00000000", "0" * 64])
def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path, web: Web, listener: Listener, pin: str) -> None:
    """A hash that differs is never passed over by trying the next place."""
    wrong, right = web.serve("/wrong.pth", CONTENT), web.serve("/right.pth", CONTENT)
    with pytest.raises(WeightsError, match=rf"wrong\.pth is not the published file: its SHA-256 is {SHA256[:8]}"):
        _resolve(tmp_path, Checkpoint(wrong, "MIT", pin), Checkpoint(right, "MIT"), listener=listener)


def test_the_next_place_is_tried_where_one_cannot_be_reached(tmp_path: Path, web: Web, listener: Listener) -> None:
    """A place that is gone is warned of; the record names the place that answered."""
    right = web.serve("/right.pth", CONTENT)
    gone = Checkpoint(f"{web.address}/gone.pth", "MIT")
    found = _resolve(tmp_path, gone, Checkpoint(right, "MIT"), listener=listener)
    assert found is not None
    assert found.weights.uri == right
    assert len(listener.warnings) == 1
    assert "gone.pth is not there: the server answered 404 Not Found; trying the next place" in listener.warnings[0]


def test_where_no_place_answers_every_reason_is_given(tmp_path: Path, web: Web) -> None:
    """One line names all places, and what to do."""
    places = [Checkpoint(f"{web.address}/{name}.pth", "MIT") for name in ("one", "two")]
    with pytest.raises(WeightsError, match=r"one\.pth is not there.*; .*two\.pth is not there.*--weights tiny=FILE"):
        _resolve(tmp_path, *places)


def test_an_address_that_a_user_names_keeps_its_secrets_to_itself(tmp_path: Path, web: Web) -> None:
    """Tokens in a query never reach a record."""
    address = web.serve("/tiny.pth", CONTENT)
    found = _resolve(tmp_path, named=f"{address}?token=secret")
    assert found is not None
    assert found.weights == Weights(WeightsStatus.LOCAL, address, SHA256)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """What is neither file nor folder is an error of one line."""
    (tmp_path / "tiny.pth").symlink_to(tmp_path / "gone.pth")
    with pytest.raises(WeightsError, match="no such weights file"):
        _resolve(tmp_path, named=str(tmp_path / "tiny.pth"))


def test_resolving_holds_no_tensors(tmp_path: Path) -> None:
    """The file is hashed, not loaded: a broken one is found out when it is fitted."""
    save_file({"x": torch.zeros(1)}, tmp_path / "tiny.pth")
    found = _resolve(tmp_path, folder=tmp_path)
    assert found is not None
    assert not hasattr(found, "state")
