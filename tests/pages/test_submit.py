"""The page that says how to bring results."""

import subprocess
import sys
from pathlib import Path

from pwc_bench.exchange import load_knowledge_file
from pwc_bench.pages.submit import CHECK_COMMAND, EXAMPLE, pages
from tests.pages.shown import bare_archive, text_of


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


def test_the_command_that_checks_a_file_works(tmp_path: Path) -> None:
    """It is silent about a good file and ends with the line of a bad one."""
    code = CHECK_COMMAND.removeprefix('python -c "').removesuffix('"')
    (tmp_path / "my-results.yaml").write_text(EXAMPLE, encoding="utf-8")
    good = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    (tmp_path / "my-results.yaml").write_text(EXAMPLE.replace("model:", "modle:", 1), encoding="utf-8")
    bad = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bad.returncode != 0
    assert "my-results.yaml" in bad.stderr.splitlines()[-1]


def test_fields_and_metrics_are_listed() -> None:
    """Every field of a claim, every metric with the unit in which it is compared."""
    text = text_of(next(pages(bare_archive())))
    for word in ("uses_additional_data", "evaluated_on", "gflops GFLOPs", "parameters M", "pwc-bench export"):
        assert word in text
