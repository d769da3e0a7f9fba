"""action.yml and the workflows: what GitHub would refuse, and what would let an input become code."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "ci" / "gate.sh"
EXAMPLE = ROOT / "docs" / "examples" / "gate.yml"
WORKFLOWS = [EXAMPLE, *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


def loaded(path: Path) -> dict[str, Any]:
    """Read YAML as GitHub does, which takes "on" for a word."""
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return {("on" if key is True else key): value for key, value in found.items()}


ACTION = loaded(ROOT / "action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_the_action_has_the_keys_of_a_composite_action() -> None:
    """Names, descriptions and values where GitHub wants them, and nothing that it does not know."""
    assert ACTION.keys() == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    assert ACTION["branding"].keys() == {"icon", "color"}
    for declared in ACTION["inputs"].values():
        assert declared["description"]
        assert declared.keys() <= {"description", "required", "default"}
        assert isinstance(declared.get("default", ""), str)
        assert ("default" in declared) != bool(declared.get("required"))
    for declared in ACTION["outputs"].values():
        assert declared.keys() == {"description", "value"}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
def test_each_step_is_one_that_a_composite_action_may_have(step: dict[str, Any]) -> None:
    """A step uses a pinned action, or runs in a named shell; no text of an input stands in what a shell reads."""
    assert step.keys() <= {"name", "id", "if", "shell", "env", "run", "working-directory", "uses", "with"}
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
    text = (ROOT / "action.yml").read_text()
    used = set(re.findall(r"inputs\.([a-z-]+)", text))
    assert used == set(ACTION["inputs"])
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids
    outputs = set(re.findall(r"steps\.gate\.outputs\.([a-z-]+)", text))
    script = SCRIPT.read_text()
    assert outputs == set(re.findall(r"^ +output ([a-z-]+) ", script, re.MULTILINE))
    given = {name for step in STEPS for name in step.get("env", {})}
    assert {name for name in given if name.startswith("GATE_")} == set(re.findall(r"\bGATE_[A-Z_]+", script)) - {
        "GATE_"
    }


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


def test_the_example_gives_inputs_that_exist() -> None:
    """Whoever copies it gets no warning of GitHub."""
    (job,) = loaded(EXAMPLE)["jobs"].values()
    (step,) = [step for step in job["steps"] if "pwc-bench@" in step.get("uses", "")]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert {name for name, declared in ACTION["inputs"].items() if declared.get("required")} <= step["with"].keys()
    assert loaded(EXAMPLE)["permissions"] == {"contents": "read", "pull-requests": "write"}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.yml")), ids=lambda path: path.name)
def test_examples_pin_the_actions_of_others(path: Path) -> None:
    """A tag can be moved to other code, which would run with the token of whoever copied the example."""
    steps = [step for job in loaded(path)["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if step.get("uses", "").startswith("actions/")]
    assert used
    assert all(PINNED.fullmatch(each) for each in used)
