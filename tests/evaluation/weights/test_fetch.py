"""Fetching from a web server: what comes is kept once, whole, and only when it can be a checkpoint."""

import socket
from pathlib import Path

import pytest
from safetensors.torch import save

from pwc_bench.core.errors import WeightsError
from pwc_bench.evaluation.weights.fetch import fetch
from pwc_bench.evaluation.weights.place import UnavailableError
from tests.evaluation.weights.conftest import Answer, Web
from tests.evaluation.weights.tiny import Listener, tiny_state

CONTENT = save(tiny_state())


def _left_behind(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_file_is_fetched_once(tmp_path: Path, web: Web) -> None:
    """The second time it comes from the cache, checked by the hash noted at the first."""
    address, listener = web.serve("/a%20b.pth", CONTENT), Listener()
    first = fetch(address, tmp_path, listener)
    assert fetch(address, tmp_path, listener) == first
    assert first.read_bytes() == CONTENT
    assert web.requests == [("GET", "/a%20b.pth")]
    assert _left_behind(tmp_path) == ["a b.pth", "a b.pth.sha256"]
    assert listener.stages == [f"fetching {address}"]


def test_two_addresses_with_one_file_name_do_not_meet(tmp_path: Path, web: Web) -> None:
    """The cache goes by the whole address."""
    other = save(tiny_state(width=5))
    one, two = web.serve("/one/model.pth", CONTENT), web.serve("/two/model.pth", other)
    assert fetch(one, tmp_path, Listener()).read_bytes() == CONTENT
    assert fetch(two, tmp_path, Listener()).read_bytes() == other


def test_a_changed_copy_is_fetched_again(tmp_path: Path, web: Web) -> None:
    """A cached file that no longer has its hash is not used."""
    address, listener = web.serve("/tiny.pth", CONTENT), Listener()
    fetch(address, tmp_path, listener).write_bytes(b"changed")
    assert fetch(address, tmp_path, listener).read_bytes() == CONTENT
    assert "was changed since it was fetched" in listener.warnings[0]


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (Answer(b"x", 404), UnavailableError, "is not there: the server answered 404"),
        (Answer(b"x", 503), UnavailableError, "the server answered 503"),
        (Answer(CONTENT, headers={"Content-Length": "9999999"}), UnavailableError, "broke off after|stopped answering"),
        (Answer(b"<p>hi", headers={"Content-Type": "text/html; charset=utf-8"}), WeightsError, "gave an HTML page"),
        (Answer(b"<!doctype html><p>hi"), WeightsError, "is an HTML page, not a checkpoint"),
        (Answer(b""), WeightsError, "is empty"),
        (Answer(b"", 302, {"Location": "http://example.org/x"}), WeightsError, "is not an https address"),
        (Answer(b"", 302, {"Location": "file:///etc/hostname"}), WeightsError, "/etc/hostname is not an https address"),
    ],
    ids=["404", "503", "short", "html-type", "html-body", "empty", "redirect-plain", "redirect-file"],
)
def test_a_wrong_answer_leaves_nothing_behind(
    tmp_path: Path, web: Web, answer: Answer, error: type[WeightsError], message: str
) -> None:
    """Errors, pages and broken-off transfers are told apart, and the cache stays empty."""
    web.answers["/tiny.pth"] = answer
    with pytest.raises(error, match=message) as caught:
        fetch(f"{web.address}/tiny.pth", tmp_path, Listener())
    assert type(caught.value) is error
    assert _left_behind(tmp_path) == []


def test_a_redirect_to_this_machine_is_followed(tmp_path: Path, web: Web) -> None:
    """Servers send to where the file lies; https may not be left on the way, except on this machine."""
    there = web.serve("/there.pth", CONTENT)
    web.answers["/here.pth"] = Answer(b"", 302, {"Location": there})
    assert fetch(f"{web.address}/here.pth", tmp_path, Listener()).read_bytes() == CONTENT


def test_a_server_that_does_not_say_how_long_a_file_is_is_believed(tmp_path: Path, web: Web) -> None:
    """Without a stated length the end of the connection is the end of the file."""
    web.answers["/tiny.pth"] = Answer(CONTENT, headers={"Content-Length": ""})
    assert fetch(f"{web.address}/tiny.pth", tmp_path, Listener()).read_bytes() == CONTENT


def test_a_host_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    """A closed port and an unknown host are errors of one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/tiny.pth"
        with pytest.raises(UnavailableError, match=r"tiny\.pth cannot be reached"):
            fetch(address, tmp_path, Listener())
    with pytest.raises(UnavailableError, match=r"^https://host\.invalid/tiny\.pth cannot be reached"):
        fetch("https://host.invalid/tiny.pth?key=secret", tmp_path, Listener())


def test_a_plain_connection_to_a_host_that_speaks_no_tls_is_unavailable(tmp_path: Path, web: Web) -> None:
    """Https is never weakened."""
    address = web.serve("/tiny.pth", CONTENT).replace("http://", "https://")
    with pytest.raises(UnavailableError, match="cannot be reached"):
        fetch(address, tmp_path, Listener())


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, web: Web) -> None:
    """A file where the cache should be is a clear error."""
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(WeightsError, match="cannot be kept in the cache: Not a directory"):
        fetch(web.serve("/tiny.pth", CONTENT), tmp_path / "cache", Listener())
