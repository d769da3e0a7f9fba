"""The page that says how to bring results."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pwc_bench.cli.app import app
from pwc_bench.core.knowledge_schema import knowledge_json_schema
from pwc_bench.exchange import load_knowledge_file
from pwc_bench.site.pages.submit import CHECK_COMMAND, EXAMPLE, SCHEMA_PATH, SUBMIT_COMMAND, SubmitPages
from tests.site.pages.shown import bare_archive, html_of, made_by, text_of


def test_the_example_is_a_valid_file(tmp_path: Path) -> None:
    """What the page shows is read without a complaint, and says what it seems to say."""
    path = tmp_path / "example.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    knowledge = load_knowledge_file(path)
    assert [(claim.model, claim.metric, claim.value) for claim in knowledge.claims] == [
        ("ConViT-S", "top1", "81.3"),
        ("ConViT-S", "gflops", "5.4"),
    ]
    assert knowledge.papers[0].repositories[0].is_official


def test_the_commands_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check accepts a good file and ends with the line of a bad one; the other keeps it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWC_BENCH_DB", str(tmp_path / "x.db"))
    path = tmp_path / "my-results.yaml"

    def run(command: str) -> Result:
        return CliRunner().invoke(app, command.removeprefix("pwc-bench ").split())

    path.write_text(EXAMPLE, encoding="utf-8")
    checked = run(CHECK_COMMAND).stdout
    assert "2 claims: 2 unchanged.\nThe file describes 1 paper, 1 code link.\n" in checked
    assert run(SUBMIT_COMMAND).exit_code == 0
    assert (tmp_path / "x.db").is_file()
    path.write_text(EXAMPLE.replace("model:", "modle:", 1), encoding="utf-8")
    bad = run(CHECK_COMMAND)
    assert bad.exit_code == 2
    assert "my-results.yaml:16: claims[0].modle: unknown field; did you mean model?" in bad.stderr


def test_the_schema_lies_beside_the_page() -> None:
    """As one file that the page links to."""
    page = next(made_by(SubmitPages, bare_archive()))
    content = page.files[SCHEMA_PATH]
    assert json.loads(content) == knowledge_json_schema()
    assert 'href="schema.json"' in html_of(page)


def test_fields_and_metrics_are_listed() -> None:
    """Every field of a claim, every metric with the unit in which it is compared."""
    text = text_of(next(made_by(SubmitPages, bare_archive())))
    for word in ("uses_additional_data", "evaluated_on", "gflops GFLOPs", "parameters M", "pwc-bench export"):
        assert word in text
