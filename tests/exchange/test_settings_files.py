"""Where settings are found, and what is refused with its file."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.exchange.settings_files import settings_tables


def test_own_file_goes_before_pyproject(tmp_path: Path) -> None:
    """Each is taken from the nearest folder that has it, up to the repository's root."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.pwc-bench.check]\nleast-rounds = 30\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'says nothing of us'\n")
    (tmp_path / "a" / "pwc-bench.toml").write_text("[check]\nformat = 'json'\n")
    found = settings_tables("check", below)
    assert [(table.file.name, table.heading, dict(table.values)) for table in found] == [
        ("pwc-bench.toml", "[check]", {"format": "json"}),
        ("pyproject.toml", "[tool.pwc-bench.check]", {"least-rounds": 30}),
    ]


def test_nothing_above_the_repository_counts(tmp_path: Path) -> None:
    """A file above the root of the repository, or above a folder in none, belongs to somebody else."""
    (tmp_path / "pwc-bench.toml").write_text("[check]\nleast-rounds = 1\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "plain").mkdir()
    assert settings_tables("check", tmp_path / "repository") == ()
    assert settings_tables("check", tmp_path / "plain") == ()
    assert len(settings_tables("check", tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pwc-bench.toml", "[check", "pwc-bench.toml: not TOML: "),
        ("pyproject.toml", "x = " + "[" * 5000, "pyproject.toml: not TOML of ours: its values lie too deep"),
        ("pyproject.toml", "x = " + "1" * 5000, "pyproject.toml: not TOML: "),
        ("pwc-bench.toml", "[chek]\n", "pwc-bench.toml: [chek] is not known: is [check] meant?"),
        ("pwc-bench.toml", "check = 1\n", "pwc-bench.toml: check must be a table: write [check]"),
        (
            "pyproject.toml",
            "[tool.pwc-bench.chekc]\n",
            "[tool.pwc-bench.chekc] is not known: is [tool.pwc-bench.check]",
        ),
        ("pyproject.toml", "[tool.pwc_bench.check]\n", "[tool.pwc_bench] is not known: is [tool.pwc-bench] meant?"),
        ("pyproject.toml", "[tool]\npwc-bench = 3\n", "tool.pwc-bench must be a table: write [tool.pwc-bench]"),
        ("pyproject.toml", "tool = 3\n", "tool must be a table: write [tool]"),
        ("pwc-bench.toml", b"\xff", "not UTF-8 text"),
    ],
)
def test_files_that_cannot_be_right(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    """One line with the file, and what was meant."""
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as caught:
        settings_tables("check", tmp_path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
