"""action.yml and the workflows: what GitHub would refuse, and what would let an input become code."""

import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMMENT = ROOT / "ci" / "comment" / "action.yml"
SCRIPT = ROOT / "ci" / "gate.sh"
EXAMPLE = ROOT / "docs" / "examples" / "gate.yml"
WORKFLOWS = sorted(path for folder in ("docs/examples", ".github/workflows") for path in (ROOT / folder).glob("*.yml"))
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


def loaded(path: Path) -> dict[str, Any]:
    """Read YAML as GitHub does, which takes "on" for a word."""
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return {("on" if key is True else key): value for key, value in found.items()}


ACTIONS = {"OWNER/pwc-bench": loaded(ROOT / "action.yml"), "OWNER/pwc-bench/ci/comment": loaded(COMMENT)}
STEPS: list[dict[str, Any]] = [step for action in ACTIONS.values() for step in action["runs"]["steps"]]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_each_action_has_the_keys_of_a_composite_action(action: dict[str, Any]) -> None:
    """Names, descriptions and values where GitHub wants them, and nothing that it does not know."""
    assert action.keys() - {"outputs"} == {"name", "description", "author", "branding", "inputs", "runs"}
    assert action["runs"].keys() == {"using", "steps"}
    assert action["runs"]["using"] == "composite"
    assert action["branding"].keys() == {"icon", "color"}
    for declared in action["inputs"].values():
        assert declared["description"]
        assert declared.keys() <= {"description", "required", "default"}
        assert isinstance(declared.get("default", ""), str)
        assert ("default" in declared) != bool(declared.get("required"))
    for declared in action.get("outputs", {}).values():
        assert declared.keys() == {"description", "value"}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
def test_each_step_is_one_that_a_composite_action_may_have(step: dict[str, Any]) -> None:
    """A step uses a pinned action, or runs in a named shell; no text of an input stands in what a shell reads."""
    known = {"name", "id", "if", "shell", "env", "run", "working-directory", "uses", "with", "continue-on-error"}
    assert step.keys() <= known
    assert ("run" in step) != ("uses" in step)
    if "run" in step:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        (word,) = re.findall(r"gate\.sh\" (\w+)", step["run"])
        assert f"\n    {word}) " in SCRIPT.read_text()
    else:
        assert PINNED.fullmatch(step["uses"])


def test_inputs_and_variables_are_declared_and_used() -> None:
    """Every input reaches the script or a step, and the script reads no variable that no step sets."""
    for path, action in zip((ROOT / "action.yml", COMMENT), ACTIONS.values(), strict=True):
        assert set(re.findall(r"inputs\.([a-z-]+)", path.read_text())) == set(action["inputs"])
    text = (ROOT / "action.yml").read_text()
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids
    outputs = set(re.findall(r"steps\.gate\.outputs\.([a-z-]+)", text))
    script = SCRIPT.read_text()
    assert outputs == set(re.findall(r"^ +output ([a-z-]+) ", script, re.MULTILINE))
    given = {name for step in STEPS for name in step.get("env", {})}
    assert {name for name in given if name.startswith("GATE_")} == set(re.findall(r"\bGATE_[A-Z_]+", script)) - {
        "GATE_"
    }


def test_the_report_reaches_the_job_that_comments() -> None:
    """By the artifact's name, and by that of the file which the script writes."""
    (kept,) = (step for step in STEPS if step["name"] == "Keep the report")
    (got,) = (step for step in STEPS if step["name"] == "Get the report")
    assert (kept["with"]["name"], kept["with"]["path"]) == (
        "${{ inputs.report-artifact }}",
        "${{ steps.gate.outputs.report }}",
    )
    check, comment = ACTIONS.values()
    assert check["inputs"]["report-artifact"]["default"] == comment["inputs"]["artifact"]["default"]
    name = re.findall(r'report="\$\{RUNNER_TEMP:-\.}/(\S+)"', SCRIPT.read_text())[0]
    assert STEPS[-1]["env"]["GATE_REPORT"] == f"{got['with']['path']}/{name}"


def test_the_script_can_be_run() -> None:
    """It is executable, bash can read it, and it stops at the first error."""
    assert SCRIPT.stat().st_mode & stat.S_IXUSR
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)
    assert "\nset -euo pipefail\n" in SCRIPT.read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_modest(path: Path) -> None:
    """Each says when it runs, what its token may do and how long it may take, and trusts no stranger's code."""
    workflow = loaded(path)
    assert {"name", "on", "permissions", "jobs"} <= workflow.keys()
    assert "pull_request_target" not in workflow["on"]
    assert workflow["permissions"]["contents"] == "read"
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert not EXPRESSION.search(step.get("run", ""))
            assert "@" in step.get("uses", "@")
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_the_example_gives_inputs_that_exist() -> None:
    """Whoever copies it gets no warning of GitHub."""
    steps = [step for job in loaded(EXAMPLE)["jobs"].values() for step in job["steps"]]
    ours = {step["uses"].partition("@")[0]: step.get("with", {}) for step in steps if "OWNER/" in step.get("uses", "")}
    assert ours.keys() == ACTIONS.keys()
    for name, given in ours.items():
        declared = ACTIONS[name]["inputs"]
        assert given.keys() <= declared.keys()
        assert {key for key, value in declared.items() if value.get("required")} <= given.keys()


def test_what_may_write_runs_nothing_of_the_pull_request() -> None:
    """The job that measures has a token that reads; the one that comments checks nothing out and runs no words."""
    example = loaded(EXAMPLE)
    assert example["permissions"] == {"contents": "read"}
    gate, comment = example["jobs"]["gate"], example["jobs"]["comment"]
    assert "permissions" not in gate
    assert comment["permissions"] == {"pull-requests": "write"}
    assert [step["uses"].partition("@")[0] for step in comment["steps"]] == ["OWNER/pwc-bench/ci/comment"]
    assert (comment["needs"], "pull_request'" in comment["if"]) == ("gate", True)
    used = [step["uses"].partition("@")[0] for step in ACTIONS["OWNER/pwc-bench/ci/comment"]["runs"]["steps"][:-1]]
    assert used == ["actions/download-artifact"]
    # GitHub hands the report on if the job before has failed, which a regression does.
    assert "!cancelled()" in comment["if"]


def test_each_python_that_is_promised_is_tested() -> None:
    """Those of pyproject.toml's classifiers."""
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    promised = [each.rpartition(" ")[2] for each in classifiers if "Python :: 3." in each]
    (job,) = loaded(ROOT / ".github" / "workflows" / "ci.yml")["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == promised


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.yml")), ids=lambda path: path.name)
def test_examples_pin_the_actions_of_others(path: Path) -> None:
    """A tag can be moved to other code, which would run with the token of whoever copied the example."""
    steps = [step for job in loaded(path)["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if step.get("uses", "").startswith("actions/")]
    assert used
    assert all(PINNED.fullmatch(each) for each in used)
