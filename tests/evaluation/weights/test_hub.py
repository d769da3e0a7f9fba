"""Fetching from the hub: its own client, against a server on this machine that answers as the hub does."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants
from safetensors.torch import save

from pwc_bench.core.errors import WeightsError
from pwc_bench.evaluation.weights.hub import fetch_from_hub
from pwc_bench.evaluation.weights.place import UnavailableError
from tests.evaluation.weights.conftest import Answer, Web
from tests.evaluation.weights.tiny import Listener, tiny_state

CONTENT = save(tiny_state())


def _point_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what HF_ENDPOINT sets, which is read once when the hub's client is imported."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def hub(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Let the hub's client speak to this machine and keep its cache in the test's folder."""
    _point_to(web.address, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    close_session()  # a session reads the proxies when it is made
    yield web
    close_session()


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_the_models_file_is_found(hub: Web, file: str) -> None:
    """Safetensors is preferred, and the older form is taken where it is alone; progress is passed on."""
    hub.serve_hub("owner/tiny", file, CONTENT)
    listener = Listener()
    path = fetch_from_hub("hub:owner/tiny", listener)
    assert path.name == file
    assert path.read_bytes() == CONTENT
    assert listener.stages == ["fetching hub:owner/tiny"]
    assert listener.steps[-1] == (len(CONTENT), len(CONTENT), "bytes")


def test_a_file_can_be_named(hub: Web) -> None:
    """hub:OWNER/NAME/FILE names one file of several."""
    hub.serve_hub("owner/tiny", "old/best.pth", CONTENT)
    assert fetch_from_hub("hub:owner/tiny/old/best.pth", Listener()).read_bytes() == CONTENT


def test_a_copy_in_the_cache_serves_without_the_hub(hub: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched before is used where the hub cannot be reached."""
    hub.serve_hub("owner/tiny", "model.safetensors", CONTENT)
    fetch_from_hub("hub:owner/tiny", Listener())
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert fetch_from_hub("hub:owner/tiny", Listener()).read_bytes() == CONTENT


def test_a_damaged_copy_in_the_cache_is_refused(hub: Web) -> None:
    """The cache names large files after their hash, and that hash is checked."""
    hub.serve_hub("owner/tiny", "model.safetensors", CONTENT)
    fetch_from_hub("hub:owner/tiny", Listener()).resolve().write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="hub:owner/tiny is not the published file"):
        fetch_from_hub("hub:owner/tiny", Listener())


def test_a_repository_without_weights_says_so(hub: Web) -> None:
    """Neither of the usual names is there."""
    with pytest.raises(WeightsError, match=r"holds no model\.safetensors and no pytorch_model\.bin: name the file"):
        fetch_from_hub("hub:owner/tiny", Listener())


@pytest.mark.parametrize(
    ("code", "status", "error", "message"),
    [
        ("RepoNotFound", 404, UnavailableError, "does not exist on the hub, or is private"),
        ("GatedRepo", 403, UnavailableError, "is gated: ask for access"),
        ("RevisionNotFound", 404, WeightsError, "has no revision 'old'"),
        ("", 418, UnavailableError, "cannot be fetched, and no copy lies in the hub's cache: .*418"),
    ],
)
def test_a_refusal_of_the_hub_is_told_in_one_line(
    hub: Web, code: str, status: int, error: type[WeightsError], message: str
) -> None:
    """A repository that is gone, closed or has no such revision, and a hub that fails."""
    for file in ("model.safetensors", "pytorch_model.bin"):
        hub.answers[f"/owner/tiny/resolve/old/{file}"] = Answer(b"", status, {"X-Error-Code": code})
    with pytest.raises(error, match=f"hub:owner/tiny@old {message}") as caught:
        fetch_from_hub("hub:owner/tiny@old", Listener())
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def test_without_the_hub_and_without_a_copy_the_place_is_unavailable(hub: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, and behind a closed door, only what lies in the cache can be used; nothing waits for long."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        _point_to(f"http://127.0.0.1:{free.getsockname()[1]}", monkeypatch)
        with pytest.raises(UnavailableError, match="hub:owner/tiny: the hub cannot be reached, and no copy lies in"):
            fetch_from_hub("hub:owner/tiny", Listener())
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UnavailableError, match="hub:owner/tiny: the hub cannot be reached"):
        fetch_from_hub("hub:owner/tiny", Listener())


def test_behind_a_proxy_the_proxy_decides(hub: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a way of its own may still reach the hub through its proxy."""
    hub.serve_hub("owner/tiny", "model.safetensors", CONTENT)
    _point_to("http://hub.invalid", monkeypatch)
    monkeypatch.setenv("http_proxy", hub.address)
    assert fetch_from_hub("hub:owner/tiny", Listener()).read_bytes() == CONTENT
