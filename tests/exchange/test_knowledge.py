"""Knowledge files are read strictly, and every complaint names its place."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import Knowledge, Task
from pwc_bench.exchange.knowledge import load_knowledge_file, merge_knowledge
from pwc_bench.exchange.yaml_form import MAX_BYTES

PAPER = """\
paper:
  slug: net
  title: "Net: a net"
  authors: [Ada Lovelace]
  date: 2021-03-19
  abstract: Nets.
"""
CLAIM = """\
claims:
  - model: Net
    task: image-classification
    dataset: imagenet-1k
    metric: top1
    value: "81.30"
    unit: "%"
    source: Table 1
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Every kind of entry arrives, digits as printed, repositories with their paper, claims with their paper."""
    text = PAPER + (
        "repositories: [{url: https://example.org/net, is_official: yes}]\n"
        "papers:\n"
        "  - {slug: other, title: Other, authors: [], date: '2020-01-02', abstract: x, arxiv: '2101.00001',\n"
        "     repositories: [{url: 'http://example.org/o', framework: JAX}], related: [{title: T, date: 2020-01-01}]}\n"
        "tasks: [{slug: image-classification, title: Image Classification, description: d}]\n"
        "datasets: [{key: imagenet-1k, title: ImageNet, description: d, introduced: 2012, homepage: null}]\n"
        "methods: [{slug: m, title: M, full_name: MM, description: d, introduced_year: 2021}]\n"
        + CLAIM
        + "    evaluated_on: 2024-02-29\n    uses_additional_data: true\n"
    )
    knowledge = load_knowledge_file(_write(tmp_path, text))
    net, other = knowledge.papers
    assert net.repositories[0].is_official
    assert (other.repositories[0].framework, other.related[0].url, other.arxiv) == ("JAX", None, "2101.00001")
    assert knowledge.datasets[0].introduced == "2012"
    (claim,) = knowledge.claims
    assert (claim.paper, claim.value, claim.decimals) == ("net", "81.30", 2)
    assert (claim.uses_additional_data, claim.evaluated_on, claim.variant) == (True, "2024-02-29", None)


def test_a_claim_may_name_another_paper(tmp_path: Path) -> None:
    """Its own `paper` goes before the file's; without either the claim is refused."""
    own = CLAIM + "    paper: other\n"
    assert load_knowledge_file(_write(tmp_path, PAPER + own)).claims[0].paper == "other"
    assert load_knowledge_file(_write(tmp_path, own)).claims[0].paper == "other"
    with pytest.raises(KnowledgeError, match="names no `paper`"):
        load_knowledge_file(_write(tmp_path, CLAIM))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (PAPER + "papres: []\n", 7, "papres: unknown field; did you mean papers?"),
        (PAPER.replace("  title", "  tilte"), 3, "paper.tilte: unknown field; did you mean title?"),
        (PAPER.replace("  title", "  # title"), 2, "paper.title: is missing"),
        (PAPER + "  colour: red\n", 7, "paper.colour: unknown field; known are slug, title, authors,"),
        (PAPER + "  venue: 7\n", 7, "paper.venue: must be a text, not a whole number (put it in quotes)"),
        (PAPER + "  venue: ' '\n", 7, "paper.venue: must not be empty"),
        (PAPER + '  venue: "a\\0b"\n', 7, "paper.venue: must not hold the character U+0000"),
        (PAPER + f'  venue: "{"ab " * 200_000}\\0"\n', 7, "paper.venue: must not hold the character U+0000"),
        (PAPER.replace("2021-03-19", "0000-01-01"), 5, "paper.date: '0000-01-01' is no date"),
        (PAPER + "  url: http://x\n", 7, "paper.url: 'http://x' is no web address"),
        (PAPER + "  url: https://例え.jp/\n", 7, "percent-encode it, a host as xn--"),
        (PAPER + CLAIM.replace("top1", "a  b"), 11, "claims[0].metric: 'a  b' is no name"),
        (PAPER + "  title: again\n", 7, "paper.title: stands twice"),
        (PAPER + "  arxiv: 2103.10697\n", 7, "paper.arxiv: must be a text, not a number (put it in quotes)"),
        (PAPER + "  arxiv: 2103.10697v2\n", 7, "is no arXiv number"),
        (PAPER + "  tasks: image-classification\n", 7, "paper.tasks: must be a list, not a text"),
        (PAPER + "  tasks: [a, [b]]\n", 7, "paper.tasks[1]: must be a text, not a list"),
        (PAPER + "  tasks: [Image Classification]\n", 7, "paper.tasks[0]: 'Image Classification' is no key"),
        (PAPER.replace("2021-03-19", "19.3.2021"), 5, "paper.date: '19.3.2021' is no date"),
        (PAPER.replace("2021-03-19", "2021-02-30"), 5, "paper.date: '2021-02-30' is no date"),
        (PAPER + "  url: javascript:alert(1)\n", 7, "paper.url: 'javascript:alert(1)' is no web address"),
        (PAPER + "  url: https:///x\n", 7, "paper.url: 'https:///x' is no web address"),
        (PAPER + "  url: 'https://user@example.org/'\n", 7, "is no web address"),
        (PAPER + "  url: 'https://[x'\n", 7, "is no web address"),
        (PAPER + "  url: 'https://example.org/\"onclick'\n", 7, "holds a character that no web address has"),
        (PAPER + "repositories: [https://example.org]\n", 7, "repositories[0]: must be a mapping"),
        (PAPER + '"a` - at `$.claims[9]": b\n', 7, "the file: a field's name must be a word"),
        (PAPER + "? [a]\n: b\n", 7, "the file: a field's name must be a word"),
        (PAPER + CLAIM.replace('"81.30"', "81.30"), 12, "claims[0].value: must be a text, not a number"),
        (PAPER + CLAIM.replace("81.30", "81.3 %"), 12, "claims[0].value: '81.3 %' is no number"),
        (PAPER + CLAIM.replace("81.30", "NaN"), 12, "is no number"),
        (PAPER + CLAIM.replace("81.30", "1_000"), 12, "is no number"),
        (PAPER + CLAIM + "    uses_additional_data: maybe\n", 15, "must be true or false, not a text"),
        (PAPER + CLAIM + CLAIM.removeprefix("claims:\n"), 15, "claims[1]: Net / top1 of Table 1 stands twice"),
        (PAPER + "methods: [{slug: m, title: M, full_name: M, description: d, introduced_year: 21}]\n", 7, "no year"),
        (CLAIM + "repositories: [{url: 'https://example.org'}]\n", 1, "`paper`, which is missing"),
        (
            PAPER + "  url: !!python/object/apply:os.system [x]\n",
            7,
            "must be plain YAML, not of the form python/object",
        ),
        ("- a\n", 1, "the file: must be a mapping of fields to values, not a list"),
        ("a: [\n", 2, "not YAML"),
        ("a: b\n---\nc: d\n", 2, "not YAML"),
        ("a: &x [1]\n", 1, "anchors and aliases"),
        ("a: *x\n", 1, "anchors and aliases"),
        ("a: " + "[" * 200_000, 1, "nested deeper than 16 levels"),
        ("a: 'b'\nc: " + "[" * 1_000, 2, "nested deeper than 16 levels"),
        ("a: " + "{" * 3_000, 1, "nested deeper than 16 levels"),
        ("a: " + "{b: [" * 500, 1, "nested deeper than 16 levels"),
        ("a:\n" + " - [\n" + "   [\n" * 2_000, 16, "nested deeper than 16 levels"),
        ("- " * 5_000, 1, "nested deeper than 16 levels"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(2_000)), 17, "nested deeper than 16 levels"),
        ("a: [" + "[], " * 300 + "b: c: d]", 1, "not YAML"),
        ('a: "' + "[" * 3_000, 1, "not YAML"),
    ],
)
def test_complaints_name_file_line_and_field(tmp_path: Path, text: str, line: int, message: str) -> None:
    """Each mistake has its own one-line message with its place; no file can run code or exhaust the parser."""
    path = _write(tmp_path, text)
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge_file(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    """A missing, empty, binary, oversized or control-character file is no knowledge file."""
    path = tmp_path / "net.yaml"
    with pytest.raises(KnowledgeError, match="cannot be read: No such file"):
        load_knowledge_file(path)
    path.write_bytes(b"")
    with pytest.raises(KnowledgeError, match="is empty"):
        load_knowledge_file(path)
    path.write_bytes(b"a: \xff")
    with pytest.raises(KnowledgeError, match="not UTF-8 text: byte 3 is 0xff"):
        load_knowledge_file(path)
    path.write_bytes(b"a: \x01")
    with pytest.raises(KnowledgeError, match="not YAML"):
        load_knowledge_file(path)
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(KnowledgeError, match="larger than"):
        load_knowledge_file(path)


def test_merging_keeps_one_of_each_and_refuses_contradictions() -> None:
    """Two files may describe a task alike, not differently."""
    task = Task("t", "T", "d")
    assert merge_knowledge([Knowledge(tasks=(task,)), Knowledge(tasks=(task,))]).tasks == (task,)
    with pytest.raises(KnowledgeError, match="the task 't' is described twice"):
        merge_knowledge([Knowledge(tasks=(task,)), Knowledge(tasks=(Task("t", "T", "other"),))])
