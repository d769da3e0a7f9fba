"""Citing a leaderboard, and one number of it."""

from pwc_bench.site.parts.citation import cite_board, cite_record
from tests.factories import make_record


def test_a_board_is_cited_as_of_its_newest_record() -> None:
    """With the date in the sentence and in BibTeX, which is left open for the address; without a record no date."""
    cited = cite_board("Image Classification on ImageNet", "2026-01-31T12:00:00Z")
    assert cited.text.endswith("Image Classification on ImageNet, claims and measurements. As of 2026-01-31.")
    assert cited.bibtex.splitlines() == [
        "@misc{pwc-bench-image-classification-on-imagenet,",
        "  title  = {{Image Classification on ImageNet}: claims and measurements},",
        "  author = {{The pwc-bench developers}},",
        "  year   = {2026},",
        "  note   = {Leaderboard, as of 2026-01-31},",
    ]
    assert "year" not in cite_board("T", None).bibtex


def test_titles_are_no_latex() -> None:
    """What LaTeX would take for a command is written as text."""
    assert r"{50\% of \$x\_1\$ \textbackslash{}input\{a\}}" in cite_board(r"50% of $x_1$ \input{a}", None).bibtex


def test_a_record_is_cited_by_what_it_measured_where_and_when() -> None:
    """The entry is left open for the address, which its page knows."""
    record = make_record(device="A_B 100%")
    cited = cite_record("ConViT-S on ImageNet-1k", record)
    assert cited.text == (
        "The pwc-bench developers: ConViT-S on ImageNet-1k, measured on A_B 100%, fp32, on 2026-01-01. "
        f"Record {record.id[:16]}."
    )
    assert cited.bibtex.splitlines() == [
        f"@misc{{pwc-bench-record-{record.id[:16]},",
        "  title  = {{ConViT-S on ImageNet-1k}},",
        "  author = {{The pwc-bench developers}},",
        "  year   = {2026},",
        f"  note   = {{Record {record.id[:16]}, measured on A\\_B 100\\%, fp32, on 2026-01-01}},",
    ]
