"""The knowledge that ships is whole: every element of the paper's page, every figure of its tables."""

from collections import Counter

import pytest

from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Knowledge, Paper
from pwc_bench.exchange.knowledge import load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """Everything that the package knows."""
    return load_knowledge()


def _paper(knowledge: Knowledge, slug: str) -> Paper:
    return next(paper for paper in knowledge.papers if paper.slug == slug)


def _claims(knowledge: Knowledge, source: str, metric: str) -> dict[str, str]:
    found = (c for c in knowledge.claims if (c.paper, c.source, c.metric) == ("convit", source, metric))
    return {claim.model: claim.value for claim in found}


def test_convit_paper_has_everything_that_its_page_shows(knowledge: Knowledge) -> None:
    """Authors in order, date, links, the whole abstract, code and related papers."""
    paper = _paper(knowledge, "convit")
    assert paper.authors == (
        "Stéphane d'Ascoli",
        "Hugo Touvron",
        "Matthew Leavitt",
        "Ari Morcos",
        "Giulio Biroli",
        "Levent Sagun",
    )
    assert (paper.date, paper.arxiv, paper.tasks) == ("2021-03-19", "2103.10697", ("image-classification",))
    assert paper.abstract.startswith("Convolutional architectures have proven")
    assert paper.abstract.endswith("https://github.com/facebookresearch/convit.")
    assert [r.url for r in paper.repositories if r.is_official] == ["https://github.com/facebookresearch/convit"]
    assert len(paper.repositories) == 5
    assert len(paper.related) == 8
    assert {related.url for related in paper.related} == {None}
    assert [related.date for related in paper.related] == sorted((r.date for r in paper.related), reverse=True)


def test_table_1_is_whole(knowledge: Knowledge) -> None:
    """Twelve models by five metrics, but for the three top-5 values that the paper does not print."""
    counts = Counter(c.metric for c in knowledge.claims if (c.paper, c.source) == ("convit", "Table 1"))
    assert counts == {"parameters": 12, "gflops": 12, "throughput": 12, "top1": 12, "top5": 9}
    gflops = _claims(knowledge, "Table 1", "gflops")
    assert {model: value for model, value in gflops.items() if model.startswith("ConViT")} == {
        "ConViT-Ti": "1",
        "ConViT-Ti+": "2",
        "ConViT-S": "5.4",
        "ConViT-S+": "10",
        "ConViT-B": "17",
        "ConViT-B+": "30",
    }
    assert _claims(knowledge, "Table 1", "top1")["ConViT-S+"] == "82.2"
    assert _claims(knowledge, "Table 1", "throughput")["DeiT-Ti"] == "1442"


def test_claims_of_unusual_training_bear_no_variant(knowledge: Knowledge) -> None:
    """What was trained on a fraction of the data, or ablated, never stands beside a measurement of a declared model."""
    unusual = [claim for claim in knowledge.claims if claim.source in ("Table 2", "Table 3")]
    assert Counter(claim.source for claim in unusual) == {"Table 2": 20, "Table 3": 14}
    assert {claim.variant for claim in unusual} == {None}
    assert all(claim.conditions is not None and "trained on" in claim.conditions for claim in unusual)


def test_evaluations_by_others_name_their_own_source(knowledge: Knowledge) -> None:
    """A later evaluation is not put into the paper's mouth."""
    others = [claim for claim in knowledge.claims if claim.paper not in ("convit", "deit")]
    assert {claim.paper for claim in others} == {
        "facebookresearch-convit",
        "facebookresearch-deit",
        "pytorch-image-models",
    }
    assert Counter(claim.dataset for claim in others if claim.paper == "pytorch-image-models") == {
        "imagenet-1k": 12,
        "imagenet-real": 6,
        "imagenet-v2": 6,
        "imagenet-sketch": 6,
        "imagenet-a": 6,
        "imagenet-r": 6,
    }


def test_official_repositories_print_accuracy_and_likelihood(knowledge: Knowledge) -> None:
    """What their READMEs call the loss is the mean negative log-likelihood, in nats."""
    printed = {(c.model, c.metric): (c.value, c.unit) for c in knowledge.claims if "README" in c.source}
    losses = {"ConViT-Ti": "1.172", "DeiT-Ti": "1.219", "DeiT-S": "0.881", "DeiT-B": "0.820"}
    assert {model: printed[model, "nll"] for model in losses} == {m: (loss, "nats") for m, loss in losses.items()}
    assert printed["DeiT-S", "top1"] == ("79.854", "%")
    assert printed["ConViT-Ti", "top5"] == ("91.710", "%")
    assert len(printed) == 3 * len(losses)


def test_every_claim_can_be_checked(knowledge: Knowledge) -> None:
    """Each has a number, a unit, an address where it can be read, and a task and data set that are described."""
    tasks = {task.slug for task in knowledge.tasks}
    datasets = {card.key for card in knowledge.datasets}

    def is_sound(claim: Claim) -> bool:
        bounded = 0 < claim.number < (100 if claim.unit == "%" else 10_000)
        known = claim.task in tasks and claim.dataset in datasets
        return bounded and known and bool(claim.unit) and (claim.source_url or "").startswith("https://")

    assert [claim for claim in knowledge.claims if not is_sound(claim)] == []


def test_what_papers_and_methods_refer_to_is_described(knowledge: Knowledge) -> None:
    """No page of the site links to a task, method, data set or paper that is missing."""
    methods = {method.slug for method in knowledge.methods}
    papers = {paper.slug for paper in knowledge.papers}
    for paper in knowledge.papers:
        assert set(paper.tasks) <= {task.slug for task in knowledge.tasks}
        assert set(paper.methods) <= methods
        assert set(paper.datasets) <= {card.key for card in knowledge.datasets}
    assert {method.paper for method in knowledge.methods if method.paper is not None} <= papers
    assert {"gpsa", "self-attention", "vit", "deit", "convit"} == methods
