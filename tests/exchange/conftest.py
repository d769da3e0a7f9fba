"""The web server of the tests, and a git repository."""

import subprocess
from pathlib import Path

import pytest

from tests.web_server import web

__all__ = ["Repository", "repository", "web"]


class Repository:
    """A git repository of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "user.name", "Ada Lovelace")
        self.git("config", "user.email", "ada@example.org")

    @classmethod
    def at(cls, folder: Path) -> "Repository":
        """Return one that is there already."""
        found = cls.__new__(cls)
        found.folder = folder
        return found

    def git(self, *arguments: str) -> str:
        """Run git here; return what it says."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def commit(self, message: str = "a state") -> str:
        """Commit everything; return the commit's name."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Make an empty repository."""
    return Repository(tmp_path / "repository")
