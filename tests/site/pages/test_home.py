"""The front page."""

from dataclasses import replace

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.site.pages.home import HomeContext, HomePages
from tests.example_archive import example_archive
from tests.factories import make_claim, make_record
from tests.site.pages.shown import made_by, text_of


def home(archive: MemoryArchive) -> HomeContext:
    """What the front page shows."""
    found = next(made_by(HomePages, archive)).context
    assert isinstance(found, HomeContext)
    return found


def test_it_shows_where_the_notable_benchmarks_stand() -> None:
    """ImageNet first with its best claim and best measurement, the demo last."""
    found = home(example_archive())
    assert found.boards[0].title == "Image Classification on ImageNet"
    assert found.boards[0].best_claim is not None
    assert found.boards[-1].is_demo
    assert found.figure is not None
    assert found.first_board is not None
    assert found.newest_paper is not None


def test_benchmarks_that_we_measure_stand_before_larger_ones() -> None:
    """However much an imported table claims, the first chart is one with evidence."""
    archive = example_archive()
    imported = tuple(
        replace(make_claim(f"Model-{number}", "EM", "80", ""), variant=None, task="qa", dataset="squad")
        for number in range(300)
    )
    found = home(replace(archive, all_claims=(*archive.claims(), *imported)))
    assert found.boards[0].title == "Image Classification on ImageNet"
    assert "squad" in {board.dataset for board in found.boards}


def test_a_paper_of_which_nothing_is_told_is_not_put_first() -> None:
    """Unless there is no other: it may be newer, but has neither an abstract nor a model of ours."""
    known = example_archive()
    bare = replace(known.all_papers[0], slug="example-org", title="example.org", date="2025-01-01", abstract="")
    claim = replace(make_claim(), paper="example-org", variant=None)
    found = home(replace(known, all_papers=(*known.all_papers, bare), all_claims=(*known.all_claims, claim)))
    assert found.newest_paper == home(known).newest_paper
    alone = home(replace(known, all_papers=(bare,), all_claims=(claim,))).newest_paper
    assert alone is not None
    assert alone.text == "example.org"


def test_it_names_the_newest_campaigns() -> None:
    """Each with its records by what they are about, a model once; many are counted, a demo is called one."""
    found = home(example_archive())
    names = {line.name: line for line in found.campaigns}
    assert names["demo"].is_demo
    assert not names["2026-01-01-test"].is_demo
    assert [group.about for group in names["2026-01-01-test"].groups] == ["Cost and speed", "ImageNet-1k"]
    assert names["2026-01-01-test"].more is None
    runs = tuple(make_record(f"model-{number}", None, campaign="large") for number in range(14))
    again = make_record("model-13", None, campaign="large", measurements={"gflops": Measurement(1.0, "GFLOPs")})
    (large,) = home(replace(example_archive(), all_records=(*runs, again))).campaigns
    (group,) = large.groups
    assert len({link.text for link in group.records}) == len(group.records) <= 12
    assert large.more == str(15 - len(group.records))
    assert names["demo"].more is None


def test_it_lists_the_models_by_family() -> None:
    """By the name that people write, with the method's page; those that only records know come last."""
    own = replace(make_record("timm:resnet18"), title="ResNet-18")
    groups = home(replace(example_archive(), all_records=(own, own))).models
    assert [group.family for group in groups] == ["ConViT", "DeiT", "others"]
    assert [group.href for group in groups] == ["method/convit/index.html", "method/deit/index.html", None]
    assert [link.text for link in groups[-1].models] == ["ResNet-18"]
    nameless = home(replace(example_archive(), all_methods=())).models
    assert [(group.family, group.href) for group in nameless] == [("convit", None), ("deit", None)]


def test_one_model_is_not_called_models() -> None:
    """Nor one claim claims."""
    text = text_of(
        next(made_by(HomePages, replace(example_archive((make_record(),)), all_claims=(make_claim(metric="top1"),))))
    )
    assert "1 claim, 1 model measured." in text


def test_it_says_how_to_start_where_there_is_nothing() -> None:
    """No benchmark, no campaign, no model, no chart."""
    found = home(MemoryArchive(Catalogue({}, {}, {})))
    assert (found.boards, found.campaigns, found.models, found.figure, found.first_board) == ((), (), (), None, None)
