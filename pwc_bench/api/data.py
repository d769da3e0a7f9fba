"""Which images a run looks at, from what its options say and leave unsaid."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.dataset import Dataset, ImageSource
from pwc_bench.core.errors import EvaluationError, SourceError, UsageError

_DEMO = "demo"
_DEFAULT_DATASET = "imagenet-1k"


@dataclass(frozen=True, slots=True)
class DataChoice:
    """A data set, and where its images lie."""

    dataset: Dataset
    spec: str
    """What `open_source` takes, or "demo" for images that the package makes itself."""

    @property
    def is_generated(self) -> bool:
        """Tell whether the package makes the images itself."""
        return self.dataset.generate is not None


def choose_data(data: str | None, dataset: str | None, known: Mapping[str, Dataset]) -> DataChoice:
    """Settle data and data set. Raises UsageError where the two contradict each other or are not known."""
    if dataset is not None and dataset not in known:
        raise UsageError(f"--dataset {dataset!r} is not known; `pwc-bench list datasets` names them")
    if data is None:
        data = _DEMO if dataset == _DEMO else os.environ.get("PWC_BENCH_IMAGENET") or _DEMO
        if data == _DEMO and dataset not in (None, _DEMO):
            raise UsageError(f"--dataset {dataset} needs --data: say where its images lie")
    if not data:
        raise UsageError("--data is empty: say where the images lie, or leave it out")
    key = dataset or (_DEMO if data == _DEMO else _DEFAULT_DATASET)
    if (data == _DEMO) != (key == _DEMO):
        raise UsageError(f"--data {data} and --dataset {key} contradict each other: the demo makes its own images")
    return DataChoice(known[key], data)


@contextmanager
def opened(choice: DataChoice, cache: Path) -> Iterator[tuple[ImageSource, ImageSource | None]]:
    """Open the validation images and, for the demo, the training images; close them at the end.

    Raises SourceError where the data is missing, empty or wrongly labelled.
    """
    from pwc_bench.sources import open_source

    generate = choice.dataset.generate
    spec = choice.spec if generate is None else _generated(choice.dataset, cache)
    source = open_source(spec, choice.dataset, split="val")
    try:
        if generate is None:
            yield source, None
            return
        train_source = open_source(spec, choice.dataset, split="train")
        try:
            yield source, train_source
        finally:
            train_source.close()
    finally:
        source.close()


def _generated(dataset: Dataset, cache: Path) -> str:
    """Let a data set make its images. Raises SourceError if it fails, whatever it fails with."""
    from pwc_bench.isolation import contained

    assert dataset.generate is not None
    generate = dataset.generate
    try:
        return str(contained(lambda: generate(cache)))
    except EvaluationError as error:
        raise SourceError(f"{dataset.title}: its images cannot be made: {error}") from error
