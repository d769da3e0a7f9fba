"""A check is right as often as the document says: few false alarms, and what matters is caught."""

import os

import numpy as np
import pytest

from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.verdict import Policy
from pwc_bench.regression import compare
from pwc_bench.regression.paired import Flips
from tests.regression.calibration import (
    DOCUMENT,
    IMAGES,
    VARIANTS,
    Machine,
    Rate,
    decide_flips,
    decide_speeds,
    draw_flips,
    measure,
    short_table,
    table,
)
from tests.regression.sides import METRICS, accuracy, cost, side


@pytest.fixture(scope="module", name="rates")
def _rates() -> tuple[Rate, ...]:
    return measure()


@pytest.mark.slow
def test_the_required_rates_hold(rates: tuple[Rate, ...]) -> None:
    """In 1,000 runs of six variants and 50,000 images under each condition."""
    assert [f"{rate.what}, {rate.condition}: {rate.percent} %" for rate in rates if not rate.holds] == []


@pytest.mark.slow
def test_the_document_shows_the_measured_rates(rates: tuple[Rate, ...]) -> None:
    """docs/calibration.md is what the simulation finds today; PWC_BENCH_UPDATE=1 writes it again."""
    text = table(rates)
    if os.environ.get("PWC_BENCH_UPDATE") == "1":
        DOCUMENT.write_text(text, encoding="utf-8")
    assert text == DOCUMENT.read_text(encoding="utf-8"), "docs/calibration.md is stale: PWC_BENCH_UPDATE=1"
    readme = (DOCUMENT.parents[1] / "README.md").read_text(encoding="utf-8")
    assert short_table(rates) in readme, "README.md shows other rates than docs/calibration.md"


def test_the_document_says_what_must_be_reached() -> None:
    """Each bound that docs/calibration.md requires stands beside a rate that keeps it."""
    rows = [line.split("|")[1:-1] for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if " % of " in line]
    bounds = [(float(row[2].split("%")[0]), row[4].split()) for row in rows if len(row) == 5 and "%" in row[4]]
    assert len(bounds) > 20
    for percent, words in bounds:
        limit = float(words[-2])
        assert percent < limit if "<" in words else percent >= limit, words


def _predictions(
    flips: Flips, generator: np.random.Generator, start: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> PredictionBatch:
    """Turn so many right guesses wrong, and so many wrong ones right, anywhere."""
    right = start.copy()
    right[generator.choice(np.flatnonzero(start), flips.lost, replace=False)] = False
    right[generator.choice(np.flatnonzero(~start), flips.gained, replace=False)] = True
    labels = np.arange(IMAGES) % 1000
    top5 = np.where(right, labels, (labels + 1) % 1000)[:, None].repeat(5, axis=1)
    scores = np.full((IMAGES, 5), 0.2, dtype=np.float32)
    return PredictionBatch([""] * IMAGES, labels, top5, scores, np.ones(IMAGES, dtype=np.float32))


@pytest.mark.parametrize("loss_points", [0.0, 0.3])
def test_the_simulation_decides_as_a_check_does(loss_points: float) -> None:
    """Counts that are drawn give the verdicts that `compare` gives on 50,000 predictions with the same flips."""
    generator = np.random.default_rng(11)
    start = np.arange(IMAGES) % 5 > 0
    none = Flips(images=IMAGES, lost=0, gained=0)
    flips = [draw_flips(generator, 2.0, loss_points) for _ in range(VARIANTS)]
    names = [f"model-{number}" for number in range(VARIANTS)]
    old = side("old", *(accuracy(name, _predictions(none, generator, start)) for name in names))
    new = side("new", *(accuracy(n, _predictions(f, generator, start)) for n, f in zip(names, flips, strict=True)))
    verdicts = compare(old, new, metrics=METRICS, policy=Policy(), only=("top1",))
    assert [(v.outcome, v.p_value) for v in verdicts] == list(decide_flips(flips))


@pytest.mark.parametrize("machine", [Machine("", drift=0.004), Machine("", drift=0.1, memory=0.5)])
def test_the_simulation_decides_on_speeds_as_a_check_does(machine: Machine) -> None:
    """Rounds that are drawn give the verdicts that `compare` gives on records with the same rounds."""
    generator = np.random.default_rng(12)
    names = [f"model-{number}" for number in range(VARIANTS)]
    old, new = machine.runs(generator, 5, VARIANTS), machine.runs(generator, 3, VARIANTS)
    new[0] *= 0.85
    sides = [
        side(
            "side",
            *(
                cost(name, throughput=tuple(rounds)).but(started=f"2026-0{month}-{28 - day}T12:00:00Z")
                for name, runs in zip(names, both, strict=True)
                for day, rounds in enumerate(runs.tolist())
            ),
        )
        for month, both in enumerate((old, new), start=1)
    ]
    verdicts = compare(*sides, metrics=METRICS, policy=Policy(), only=("throughput",))
    assert [verdict.outcome for verdict in verdicts] == decide_speeds(list(old), list(new))[0]
    assert {verdict.evidence["candidate_runs"] for verdict in verdicts} <= {1, 2, 3}
