"""ci/gate.sh, run as GitHub would: real checks, real git, and stand-ins for what measures and for GitHub itself."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ci.stand_ins import put_programs
from tests.cli.gate import accuracy, cost, written
from tests.exchange.conftest import Repository

SCRIPT = Path(__file__).parents[2] / "ci" / "gate.sh"


@dataclass
class Job:
    """A checkout of a pull request, and the step that runs in it."""

    checkout: Path
    environment: dict[str, str]

    def run(self, step: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run a step with further variables."""
        environment = self.environment | settings
        command = ["bash", str(SCRIPT), step]
        return subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def calls(self, program: str) -> list[list[str]]:
        """Return the arguments with which a program was called."""
        calls = Path(self.environment["CALLS"])
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [call[1:] for call in map(json.loads, lines) if call[0] == program]

    def outputs(self) -> Mapping[str, str]:
        """Return what the step tells later ones."""
        lines = Path(self.environment["GITHUB_OUTPUT"]).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A pull request as actions/checkout leaves it: merged into its base branch, two commits deep, no credentials.

    The base branch publishes a baseline; the change makes it unreadable, so that it could not fail.
    """
    origin = Repository(tmp_path / "origin")
    written(origin.folder / "results" / "baseline.jsonl", cost(), accuracy())
    origin.write("README", "older")
    origin.commit("older")
    origin.git("switch", "--quiet", "--create", "change")
    origin.write("results/baseline.jsonl", "changed by the pull request, so that it cannot fail\n")
    origin.commit("the pull request")
    origin.git("switch", "--quiet", "main")
    origin.write("README", "the baseline")
    origin.commit("the base branch went on")
    origin.git("branch", "base")
    origin.git("merge", "--quiet", "--no-ff", "--no-edit", "change")
    merged = origin.git("rev-parse", "HEAD")
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    checkout = Repository(tmp_path / "checkout")
    checkout.git("remote", "add", "origin", origin.folder.as_uri())
    checkout.git("fetch", "--quiet", "--no-tags", "--depth", "2", "origin", f"+{merged}:refs/remotes/pull/12/merge")
    checkout.git("checkout", "--quiet", "refs/remotes/pull/12/merge")
    checkout.git("remote", "set-url", "origin", (tmp_path / "no-credentials").as_uri())
    settings = {
        "GATE_MODELS": "convit-s",
        "GATE_BASELINE": "base",
        "GATE_METRICS": "gflops,parameters,top1",
        "GATE_FORMAT": "github",
        "GITHUB_BASE_REF": "base",
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_SHA": merged,
        "GITHUB_REPOSITORY": "ada/models",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_WORKFLOW": "Gate $(id)",
        "GITHUB_JOB": "gate",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "RUNNER_TEMP": str(tmp_path),
    }
    return Job(checkout.folder, put_programs(tmp_path / "bin") | settings)


def test_a_pull_request_that_changes_nothing_passes(job: Job, tmp_path: Path) -> None:
    """Measured, compared with the base branch by git, reported in all three places."""
    done = job.run("check")
    assert done.returncode == 0, done.stderr
    assert job.outputs() == {"exit-code": "0", "report": str(tmp_path / "pwc-bench-report.md")}
    run, markdown, annotations = job.calls("pwc-bench")
    assert run == [
        *("run", "--campaign", "gate-77-1", "--models", "convit-s", "--data", "demo", "--no-site"),
        *("--metrics", "gflops,parameters,top1"),
    ]
    base = Repository.at(tmp_path / "origin").git("rev-parse", "base")
    assert markdown[:5] == ["check", "--candidate", "campaign:gate-77-1", "--baseline", f"git:{base}:results"]
    assert annotations[-2:] == ["--format", "github"]
    assert "\n::notice title=pwc-bench check::" in done.stdout
    assert "::error" not in done.stdout
    assert (tmp_path / "pwc-bench-report.md").read_text() in (tmp_path / "summary.md").read_text()


def test_a_pull_request_that_makes_it_worse_fails(job: Job) -> None:
    """The exit code is the check's own, and the annotation says what."""
    done = job.run("check", GFLOPS="6.5")
    assert done.returncode == 1
    assert job.outputs()["exit-code"] == "1"
    assert "::error title=ConViT-S%3A GFLOPs regressed::" in done.stdout


def test_an_accepted_value_in_the_pull_request_passes_if_the_maintainer_lets_it(job: Job) -> None:
    """The line that `accept` adds to the work tree is no rule of the base branch: it is shown, and fails until then."""
    job.run("check", GFLOPS="6.5")
    command = ["pwc-bench", "accept", "convit-s", "gflops", "--reason", "wider", "--by", "Ada"]
    sides = ["--baseline", "git:HEAD^1:results"]
    subprocess.run([*command, *sides], cwd=job.checkout, env=job.environment, check=True, capture_output=True)
    refused = job.run("check", GFLOPS="6.5", GITHUB_RUN_ATTEMPT="2", GATE_ALLOW_CHANGED_SETTINGS="false")
    assert refused.returncode == 2
    assert "--allow-changed-settings" in refused.stderr
    assert "::error title=pwc-bench check::error: what decides this check is not what it is in git:" in refused.stdout
    allowed = {"GATE_ALLOW_CHANGED_SETTINGS": "true", "GITHUB_RUN_ATTEMPT": "3"}
    assert job.run("check", GFLOPS="6.5", **allowed).returncode == 0


def test_something_that_failed_is_compared_all_the_same(job: Job) -> None:
    """`run` ends with 4: the check tells what is missing. Any other failure ends the step at once."""
    assert job.run("check", RUN_CODE="4").returncode == 0
    done = job.run("check", RUN_CODE="2", GITHUB_RUN_ATTEMPT="2")
    assert done.returncode == 2
    assert job.outputs()["exit-code"] == "2"
    assert [call[0] for call in job.calls("pwc-bench")] == ["run", "check", "check", "run"]


@pytest.mark.parametrize("why", ["one commit deep", "another commit", "a branch"])
def test_a_base_branch_that_is_not_here_is_fetched(job: Job, tmp_path: Path, why: str) -> None:
    """From a public repository, or with credentials; without, 2 with an annotation that says what to do."""
    checkout = Repository.at(job.checkout)
    if why == "one commit deep":
        (job.checkout / ".git" / "shallow").write_text(job.environment["GITHUB_SHA"] + "\n")
    changed = {"another commit": {"GITHUB_SHA": "0" * 40}, "a branch": {"GITHUB_REF": "refs/heads/x"}}.get(why, {})
    done = job.run("check", **changed)
    assert (done.returncode, job.outputs(), job.calls("pwc-bench")) == (2, {"exit-code": "2"}, [])
    said = "::error title=pwc-bench::The branch base is not here and cannot be fetched: give actions/checkout"
    assert f'{said} "fetch-depth: 2".' in done.stdout
    if why == "one commit deep":
        checkout.git("remote", "set-url", "origin", (tmp_path / "origin").as_uri())
        assert job.run("check").returncode == 0
        assert job.run("check", GITHUB_BASE_REF="--upload-pack=x").returncode == 2


def test_inputs_are_words_and_never_code(job: Job, tmp_path: Path) -> None:
    """Whatever stands in an input reaches the program as it is."""
    done = job.run(
        "check",
        GATE_MODELS=f"$(touch {tmp_path}/made)",
        GATE_DATA="a folder; ls",
        GATE_DATASET="imagenet-1k",
        GATE_WEIGHTS="convit-s=./a b.pth\nconvit-ti=hub:x/y\n",
        GATE_METRICS="gflops,weights,top1",
        GATE_RUN_OPTIONS="--limit 4 \n --precision *",
        GATE_CHECK_OPTIONS="--models convit-s",
        GATE_SITE="site",
    )
    assert done.returncode == 0, done.stderr
    run, check, _ = job.calls("pwc-bench")
    assert run == [
        *("run", "--campaign", "gate-77-1", "--models", f"$(touch {tmp_path}/made)", "--data", "a folder; ls"),
        *("--dataset", "imagenet-1k", "--site", "site", "--metrics", "gflops,top1"),
        *("--weights", "convit-s=./a b.pth", "--weights", "convit-ti=hub:x/y", "--limit", "4", "--precision", "*"),
    ]
    assert check[5:11] == ["--metrics", "gflops,weights,top1", "--confirm", "2", "--models", "convit-s"]
    assert not (tmp_path / "made").exists()


def test_it_runs_on_any_machine(job: Job) -> None:
    """Without GitHub's variables it compares with results/ of the checkout and writes the report here."""
    written(job.checkout / "results" / "baseline.jsonl", cost(), accuracy())
    job.environment = {k: v for k, v in job.environment.items() if not k.startswith(("GITHUB_", "RUNNER_"))}
    done = job.run("check", GATE_FORMAT="text")
    assert done.returncode == 0, done.stderr
    assert "baseline   results" in done.stdout
    assert (job.checkout / "pwc-bench-report.md").exists()


def test_a_first_report_becomes_a_comment(job: Job, tmp_path: Path) -> None:
    """The comment begins with a mark by which the next run finds it; names of workflows cannot break it."""
    (tmp_path / "report.md").write_text("## The report\n")
    done = job.run("comment", GATE_REPORT=str(tmp_path / "report.md"))
    assert (done.returncode, done.stdout) == (0, "the report stands below pull request 12\n")
    listed, posted = job.calls("gh")
    assert listed[:3] == ["api", "--paginate", "repos/ada/models/issues/12/comments"]
    assert "<!-- pwc-bench Gate___id_/gate -->" in listed[-1]
    assert posted[2:5] == ["--method", "POST", "repos/ada/models/issues/12/comments"]
    body = Path(job.environment["BODY"]).read_text()
    assert body == "<!-- pwc-bench Gate___id_/gate -->\n## The report\n"


def test_a_later_report_takes_its_place(job: Job, tmp_path: Path) -> None:
    """The comment that was found is changed."""
    (tmp_path / "report.md").write_text("## The report\n")
    assert job.run("comment", GATE_REPORT=str(tmp_path / "report.md"), GH_COMMENT="345\n678\n").returncode == 0
    assert job.calls("gh")[1][2:5] == ["--method", "PATCH", "repos/ada/models/issues/comments/345"]


def test_a_long_report_is_cut_between_characters(job: Job, tmp_path: Path) -> None:
    """GitHub refuses long comments: the rest stands in the summary."""
    (tmp_path / "report.md").write_text("é" * 40_000)
    assert job.run("comment", GATE_REPORT=str(tmp_path / "report.md")).returncode == 0
    body = Path(job.environment["BODY"]).read_text()
    assert len(body.encode()) < 65_000
    assert body.endswith("The report is longer: its rest stands in the summary of the job.\n")


def test_a_report_from_another_job_is_text_alone(job: Job, tmp_path: Path) -> None:
    """Its artifact has a comment of its own; bytes that are no text are dropped; a link or nothing is no report."""
    (tmp_path / "report.md").write_bytes(b"a\x1b[31m\x00\xff\xc3b\r\n\tc\n")
    settings = {"GATE_REPORT": str(tmp_path / "report.md"), "GATE_REPORT_ARTIFACT": "one--> of two"}
    assert job.run("comment", **settings).returncode == 0
    body = Path(job.environment["BODY"]).read_text()
    assert body == "<!-- pwc-bench Gate___id_/gate/one--__of_two -->\na[31mb\n\tc\n"
    assert job.calls("gh")[1][4] == "repos/ada/models/issues/12/comments"  # of the event, whatever the report says
    (tmp_path / "link.md").symlink_to("/etc/passwd")
    for name in ("link.md", "none.md"):
        done = job.run("comment", GATE_REPORT=str(tmp_path / name))
        assert (done.returncode, done.stdout) == (0, "there is no report: no comment\n")
    assert len(job.calls("gh")) == 2


def test_a_token_that_only_reads_is_a_warning(job: Job, tmp_path: Path) -> None:
    """A fork's pull request gets no comment, and does not fail for it."""
    (tmp_path / "report.md").write_text("## The report\n")
    done = job.run("comment", GATE_REPORT=str(tmp_path / "report.md"), GH_REFUSES="1")
    assert done.returncode == 0
    assert "::warning title=pwc-bench::The report could not be written below the pull request" in done.stdout


def test_a_push_gets_no_comment(job: Job, tmp_path: Path) -> None:
    """Nothing is asked of GitHub."""
    done = job.run("comment", GATE_REPORT=str(tmp_path / "report.md"), GITHUB_REF="refs/heads/main")
    assert (done.returncode, done.stdout) == (0, "this is no pull request: no comment\n")
    assert job.calls("gh") == []


def test_the_action_installs_what_it_lies_beside(job: Job, tmp_path: Path) -> None:
    """The installer gets the action's own folder, and the options word by word."""
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    done = job.run(
        "install", GITHUB_ACTION_PATH="/the action", GATE_PIP_OPTIONS="--extra-index-url https://x.invalid/*"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--extra-index-url", "https://x.invalid/*", "/the action"),
    ]


def test_unknown_steps_are_refused(job: Job) -> None:
    """The usage is one line."""
    done = job.run("deploy")
    assert (done.returncode, done.stderr) == (2, "usage: gate.sh install|check|comment\n")
