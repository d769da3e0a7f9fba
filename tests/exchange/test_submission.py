"""What a submission would bring."""

from dataclasses import replace

import pytest

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import DatasetCard, Knowledge, Method, Paper, Repository, Task
from pwc_bench.exchange import merge_knowledge
from pwc_bench.exchange.submission import Review, origin_of, review
from tests.example_archive import example_archive
from tests.factories import make_claim

TOP1 = make_claim(metric="top1", value="81.3", unit="%")
ORIGIN = "submission x.yaml"
PAPER = Paper("x.y", "Title", (), "2021-01-01", "Abstract.")


def reviewed(*claims: Claim, held: dict[tuple[str, ...], tuple[Claim, str]] | None = None) -> Review:
    """A submission beside an archive that holds one claim."""
    archive = replace(example_archive(), all_claims=(TOP1,))
    return review(Knowledge(claims=claims), ORIGIN, archive, held or {})


def test_claims_are_new_unchanged_changed_or_somebody_elses() -> None:
    """By identity and by who said it before."""
    new = replace(TOP1, source="Table 9")
    changed, kept = replace(TOP1, value="81.4"), make_claim(value="5.5")
    held = {
        TOP1.identity: (TOP1, ORIGIN),
        kept.identity: (make_claim(value="5.4"), "package"),
    }
    found = reviewed(new, TOP1, kept, held=held)
    assert (found.new, found.same, found.kept) == ((new,), (TOP1,), ((kept, make_claim(value="5.4"), "package"),))
    assert reviewed(changed, held=held).changed == ((changed, TOP1),)


def test_a_contradiction_is_what_no_number_rounds_to() -> None:
    """81.34 rounds to the 81.3 of another table, 81.5 does not; other conditions or units contradict nothing."""
    elsewhere = replace(TOP1, paper="elsewhere", source="their README")
    assert reviewed(replace(elsewhere, value="81.34")).contradictions == ()
    odd = replace(elsewhere, value="81.5")
    assert reviewed(odd).contradictions == ((odd, TOP1),)
    nameless = replace(odd, variant=None, model="convit s")
    assert reviewed(nameless).contradictions == ((nameless, TOP1),)
    assert (
        reviewed(replace(odd, conditions="10 crops"), replace(odd, unit=""), replace(odd, value="?")).contradictions
        == ()
    )


def test_notes_say_what_will_not_be_linked_or_compared() -> None:
    """Unknown tasks, data sets, variants and metrics, and units that stand beside no measurement."""
    strange = replace(TOP1, task="juggling", dataset="circus", variant="clown", metric="beauty")
    notes = " / ".join(reviewed(strange, replace(TOP1, unit="points")).notes)
    for words in (
        "'juggling' is described nowhere",
        "'circus' is",
        "'clown' is none of ours",
        "'beauty' is not measured",
    ):
        assert words in notes
    assert "top1 in 'points' is not compared with measurements, which are in '%'" in notes
    impossible = reviewed(replace(TOP1, value="1e3")).notes
    assert impossible == ("1e3 % is no value that top1 can have: it is shown, and never ranked",)
    assert reviewed(TOP1).notes == ()
    assert isinstance(example_archive(), MemoryArchive)


def test_a_paper_that_is_described_already_stays_as_it_is() -> None:
    """Somebody who adds a repository to it is told so; the same description again is no news."""
    archive = example_archive()
    paper = next(iter(archive.papers()))
    other = replace(paper, repositories=(*paper.repositories, Repository("https://example.org/code")))
    notes = [review(Knowledge(papers=(found,)), ORIGIN, archive, {}).notes for found in (paper, other)]
    assert notes[0] == ()
    assert f"paper {paper.slug!r} is described already, and differently" in notes[1][0]


def test_the_origin_names_the_file_and_the_submitter() -> None:
    """On one line, whatever was typed."""
    assert origin_of("x.yaml", None) == "submission x.yaml"
    assert origin_of("x.yaml", "  Ada\n Lovelace ") == "submission x.yaml by Ada Lovelace"
    assert origin_of("x.yaml", " ") == "submission x.yaml"


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (Knowledge(tasks=(Task("x.y", "X", "d"),)), Knowledge(tasks=(Task("x-y", "X", "d"),))),
        (
            Knowledge(datasets=(DatasetCard("imagenet-key", "X", "d"),)),
            Knowledge(datasets=(DatasetCard("imagenet", "X", "d"),)),
        ),
        (Knowledge(methods=(Method("x.y", "X", "X", "d"),)), Knowledge(methods=(Method("x_y", "X", "X", "d"),))),
        (
            Knowledge(claims=(replace(TOP1, task="a-on-b", dataset="c"),)),
            Knowledge(claims=(replace(TOP1, task="a", dataset="b-on-c"),)),
        ),
        (Knowledge(papers=(PAPER,)), Knowledge(papers=(replace(PAPER, slug="x-y"),))),
    ],
)
def test_two_names_that_lead_to_one_address_are_refused(own: Knowledge, other: Knowledge) -> None:
    """Before they are stored: no site could be built of them. The same name again is no clash."""
    known = example_archive()
    archive = replace(
        known,
        all_papers=(*known.all_papers, *other.papers),
        all_tasks=(*known.all_tasks, *other.tasks),
        all_datasets=(*known.all_datasets, *other.datasets),
        all_methods=(*known.all_methods, *other.methods),
        all_claims=(*known.all_claims, *other.claims),
    )
    with pytest.raises(KnowledgeError, match=r"would stand at .*/, where .* stands: give it another name"):
        review(own, ORIGIN, archive, {})
    with pytest.raises(KnowledgeError, match="would stand at"):
        review(merge_knowledge([own, other]), ORIGIN, known, {})
    assert review(other, ORIGIN, archive, {}) is not None
