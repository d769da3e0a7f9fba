"""How long a check takes: six variants with 50,000 predictions a side."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record
from tests.cli.gate import cost, written
from tests.factories import make_record
from tests.predictions_files import predictions_bytes, with_predictions

IMAGES = 50_000
VARIANTS = ("convit-ti", "convit-ti-plus", "convit-s", "convit-s-plus", "convit-b", "convit-b-plus")
LIMIT_SECONDS = 2.0


def _accuracies(seed: int) -> Iterator[tuple[Record, bytes]]:
    """Six variants, each wrong on images of its own."""
    for number, variant in enumerate(VARIANTS):
        right = np.random.default_rng(seed + number).random(IMAGES) < 0.8
        nll = np.where(right, np.float32(0.5), np.float32(3.5))
        share = Measurement(100 * float(right.mean()), "%", (0.0, 100.0))
        likelihood = Measurement(float(nll.mean(dtype=np.float64)), "nats", (0.0, 9.0))
        record = make_record(variant, measurements={"top1": share, "top5": share, "nll": likelihood})
        provenance = replace(record.provenance, images_seen=IMAGES, images_expected=IMAGES)
        content = predictions_bytes(right.tolist())
        yield with_predictions(replace(record, provenance=provenance), content)[0], content


@pytest.mark.slow
def test_a_check_takes_less_than_two_seconds_of_one_core(tmp_path: Path) -> None:
    """The whole command, start and imports included; the processor's time, since others may share the machine."""
    costs = [cost(variant) for variant in VARIANTS]
    written(tmp_path / "base.jsonl", *_accuracies(1), *costs)
    written(tmp_path / "new.jsonl", *_accuracies(101), *costs)
    command = [sys.executable, "-m", "pwc_bench", "check", "--baseline", "base.jsonl", "--candidate", "new.jsonl"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    seconds = []
    for _ in range(5):
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as running:
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        assert running.returncode in (0, 1)
        seconds.append(usage.ru_utime + usage.ru_stime)
    assert min(seconds) < LIMIT_SECONDS, seconds
