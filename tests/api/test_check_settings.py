"""The settings of a check: which of several places wins, and what is refused."""

from dataclasses import fields
from pathlib import Path

import pytest

from pwc_bench.api.check_settings import DEFAULT, TYPED, CheckForm, check_settings, threshold_values
from pwc_bench.core.errors import UsageError
from pwc_bench.core.verdict import Policy


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_files_the_defaults_hold() -> None:
    """Every setting says that nobody said it, and every field of the policy has a key."""
    settings = check_settings({"metrics": (), "baseline": None}, {}, Path())
    assert settings.policy == Policy()
    assert (settings.baseline, settings.candidate, settings.metrics, settings.format) == (None, None, (), "text")
    assert set(settings.origins.values()) == {DEFAULT}
    limits = [field.name.replace("_", "-") for field in fields(Policy)]
    assert list(threshold_values(Policy())) == limits
    assert sorted(CheckForm.__struct_encode_fields__) == sorted(settings.origins)


def test_what_is_typed_goes_before_files(here: Path) -> None:
    """Command line, then pwc-bench.toml, then pyproject.toml, key by key."""
    (here / "pyproject.toml").write_text(
        "[tool.pwc-bench.check]\nleast-rounds = 30\nsignificance = 0.02\nformat = 'json'\nmetrics = ['top1']\n"
    )
    (here / "pwc-bench.toml").write_text("[check]\nsignificance = 0.03\nformat = 'junit'\nbaseline = 'git:main:x'\n")
    settings = check_settings({"format": "markdown", "metrics": ()}, {"least-speed-loss": "7"}, Path())
    assert settings.policy == Policy(least_rounds=30, significance=0.03, least_speed_loss=7.0)
    assert (settings.format, settings.metrics, settings.baseline) == ("markdown", ("top1",), "git:main:x")
    assert {key: origin for key, origin in settings.origins.items() if origin != DEFAULT} == {
        "least-rounds": "pyproject.toml",
        "metrics": "pyproject.toml",
        "significance": "pwc-bench.toml",
        "baseline": "pwc-bench.toml",
        "least-speed-loss": TYPED,
        "format": TYPED,
    }


def test_a_path_in_a_file_counts_from_that_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file means the same from every folder below it."""
    (here / ".git").mkdir()
    (here / "base").mkdir()
    (here / "below").mkdir()
    (here / "pwc-bench.toml").write_text("[check]\nbaseline = 'base'\ncandidate = 'nightly'\naccepted = 'ok.jsonl'\n")
    monkeypatch.chdir(here / "below")
    settings = check_settings({}, {}, Path())
    assert (settings.baseline, settings.candidate, settings.accepted) == ("../base", "nightly", "../ok.jsonl")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('baseline = "git:\\u0000"', "[check] baseline must be a text in quotes, without control characters"),
        ('metrics = ["top1", "\\u001b[2J"]', "[check] metrics must be a list of names without control characters"),
        ("least-rouns = 3", "[check] least-rouns is not known: did you mean least-rounds?"),
        ("xyzzy = 3", "[check] xyzzy is not known: known are baseline, candidate,"),
        ("least-rounds = 2.5", "[check] least-rounds must be a whole number of at least 1"),
        ("least-rounds = 0", "[check] least-rounds must be a whole number of at least 1"),
        ("least-rounds = true", "[check] least-rounds must be a whole number"),
        ("significance = '0.1'", "[check] significance must be a number between 0 and 1"),
        ("significance = 1", "[check] significance must be a number between 0 and 1"),
        ("significance = nan", "[check] significance must be a number between 0 and 1"),
        ("least-speed-loss = -1", "[check] least-speed-loss must be a number of at least 0"),
        ("metrics = 'top1'", "[check] metrics must be a list of names"),
        ("metrics = []", "[check] metrics must be a list of names"),
        ("models = [1]", "[check] models must be a list of names"),
        ("baseline = 3", "[check] baseline must be a text in quotes"),
        ("format = 'jsn'", "[check] format must be one of text, json"),
    ],
)
def test_settings_that_cannot_be_right(here: Path, line: str, message: str) -> None:
    """One line: file, table, key, and what was meant."""
    (here / "pwc-bench.toml").write_text(f"[check]\n{line}\n")
    with pytest.raises(UsageError) as caught:
        check_settings({}, {}, Path())
    assert str(caught.value).startswith("pwc-bench.toml: [check] ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("least-rouns", "3", "--set least-rouns is not known: did you mean least-rounds?"),
        ("least-rounds", "x", "--set least-rounds=x must be a whole number"),
        ("least-rounds", "2.5", "--set least-rounds=2.5 must be a whole number"),
        ("baseline", "x", "--set baseline is not known: known are significance, least-accuracy-loss,"),
        ("significance", "2", "--set significance=2 must be a number between 0 and 1"),
        ("significance", "nan", "must be a number between 0 and 1"),
    ],
)
def test_thresholds_that_cannot_be_right(key: str, text: str, message: str) -> None:
    """What was typed is repeated."""
    with pytest.raises(UsageError) as caught:
        check_settings({}, {key: text}, Path())
    assert message in str(caught.value)


@pytest.mark.parametrize("key", ["significance", "least-speed-loss", "least-rounds"])
def test_a_number_of_hundreds_of_digits_is_refused(tmp_path: Path, key: str) -> None:
    """TOML's whole numbers have no bound, below zero as above."""
    for sign in "-+":
        (tmp_path / "pwc-bench.toml").write_text(f"[check]\n{key} = {sign}{'9' * 400}\n")
        with pytest.raises(UsageError, match="must be a"):
            check_settings({}, {}, tmp_path)


def test_a_name_too_long_for_a_file_is_left_to_its_reader(tmp_path: Path) -> None:
    """Whether a baseline is a path is asked of the file system, which refuses such a question."""
    (tmp_path / "pwc-bench.toml").write_text(f'[check]\nbaseline = "{"x" * 5000}"\n')
    assert check_settings({}, {}, tmp_path).baseline == "x" * 5000
