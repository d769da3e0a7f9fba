"""The block of a model card, as the hub reads it."""

import io

import yaml
from huggingface_hub.repocard_data import model_index_to_eval_results

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.exchange.model_index import write_model_index
from tests.example_archive import example_archive, example_catalogue
from tests.factories import make_claim, make_record


def written(archive: MemoryArchive) -> list[dict[str, object]]:
    """The block, parsed."""
    stream = io.StringIO()
    write_model_index(archive, archive.records(), stream)
    found = yaml.safe_load(stream.getvalue())["model-index"]
    assert isinstance(found, list)
    return found


def test_the_hub_reads_claims_and_measurements_apart() -> None:
    """Each result has its source; ConViT-Ti was measured whole, ConViT-S on a part of the images only."""
    models = written(example_archive())
    ti = next(model for model in models if model["name"] == "ConViT-Ti")
    name, results = model_index_to_eval_results([ti])
    assert name == "ConViT-Ti"
    by_source = {(r.source_name, r.metric_type): r.metric_value for r in results}
    assert by_source["claimed: convit, Table 1", "accuracy"] == 73.1
    measured = {r.metric_type: r.metric_value for r in results if r.metric_name and "measured by" in r.metric_name}
    assert measured == {"accuracy": 73.12, "top_5_accuracy": 91.7, "nll": 0.9}
    small = next(model for model in models if model["name"] == "ConViT-S")
    assert "measured" not in yaml.safe_dump(small)


def test_what_is_no_result_of_a_model_stays_out() -> None:
    """Demos, parts of the data, random weights, claims that are no numbers."""
    records = (
        make_record(dataset="demo", weights=WeightsStatus.PROBE),
        make_record(status=Status.PARTIAL),
        make_record(weights=WeightsStatus.NONE),
        make_record(dataset=None),
    )
    archive = MemoryArchive(example_catalogue(), records, all_claims=(make_claim(value="few"),))
    assert written(archive) == []


def test_own_weights_and_own_models_say_so() -> None:
    """A model that no family declares has its key as its name."""
    record = make_record("timm:net", weights=WeightsStatus.LOCAL, measurements={"top1": Measurement(50.0, "%")})
    (model,) = written(MemoryArchive(example_catalogue(), (record,)))
    assert model["name"] == "timm:net"
    assert f"measured by pwc-bench, own weights, record {record.id}" in yaml.safe_dump(model, width=1000)
