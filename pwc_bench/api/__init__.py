"""The use cases as functions, for scripts and notebooks; the command line stands on the same parts."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.options import RunOptions
from pwc_bench.api.places import default_database
from pwc_bench.api.records import Records
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Policy, Verdict

if TYPE_CHECKING:
    from pwc_bench.site.build import SiteReport

__all__ = ["Records", "compare", "evaluate", "load", "publish"]


def evaluate(
    models: str = "all",
    data: str | None = None,
    *,
    dataset: str | None = None,
    metrics: Iterable[str] = (),
    weights: Mapping[str, str] | None = None,
    weights_dir: str | Path | None = None,
    device: str = "auto",
    precision: str = "fp32",
    implementation: str = "fused",
    recipe: str = "test",
    compare_implementations: bool = False,
    tf32: bool = False,
    compile: bool = False,  # noqa: A002  (the name of torch's function and of the command line's option)
    cuda_graphs: bool = False,
    channels_last: bool = False,
    device_resize: bool = False,
    batch_size: int | None = None,
    workers: int | None = None,
    limit: int | None = None,
    crop_cache: bool = False,
    crop_cache_limit: float = 20.0,
    campaign: str | None = None,
    note: str | None = None,
    model_timeout: float = 1800.0,
    fresh: bool = False,
    quiet_budget: float | None = None,
    db: str | None = None,
    folder: str | Path = "results",
    observer: Observer | None = None,
) -> Records:
    """Measure models on images and return one record for each variant's architecture and one for its accuracy.

    Args:
        models: `all` (the six ConViTs), `paper` (those and the six DeiTs of Table 1), a family (`convit`, `deit`),
            variant keys joined by commas, `timm:NAME`, or `module:factory`.
        data: `demo`, a path (image folder, official tar, saved data set, parquet) or `hf:REPO[:SPLIT]`. None means
            $PWC_BENCH_IMAGENET, else the demo.
        dataset: what the images are; by default "demo" for the demo and "imagenet-1k" for anything else.
        metrics: keys of the metrics that are wanted ("top1", "gflops"); none given means all.
        weights: variant key -> path, https address or "hub:OWNER/NAME", in place of the published weights.
        weights_dir: a folder with checkpoint files named after variant keys.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        precision: `fp32`, `bf16` or `fp16`.
        implementation: `fused` (a faster one where a variant has it and its logits are the reference's) or `reference`.
        recipe: `test` (the size and crop with which timm's validate.py evaluates a model) or `train` (its training's).
        compare_implementations: whether the reference's speed is measured too, beside each fused implementation's.
        tf32: whether fp32 matrix products on CUDA may use TF32.
        compile: whether `torch.compile` is applied.
        cuda_graphs: whether forwards are captured in CUDA graphs and replayed.
        channels_last: whether the channels-last memory format is used.
        device_resize: whether the device resizes images, once a self-test has shown that its pixels are Pillow's.
        batch_size: images a batch; None for the best, found by measuring and remembered for this machine.
        workers: threads that read and decode; None for one a CPU, at most 16.
        limit: evaluate this many images, spread evenly; the records are then partial.
        crop_cache: whether decoded crops are kept on disk, so that later runs over the same images need not decode.
        crop_cache_limit: GiB that the crop cache may take.
        campaign: a name for this run; None for one made from the date.
        note: a remark that is kept with each record.
        model_timeout: the seconds that one step of a model may take before it fails and the others go on.
        fresh: start anew even where an interrupted campaign could be continued.
        quiet_budget: seconds that timing may spend on waiting for a quiet machine and on repeating what was disturbed;
            None for $PWC_BENCH_QUIET_BUDGET, else 10.
        db: a database's URL, or the path of an SQLite file: each record is stored as soon as it is measured.
        folder: where predictions and unfinished work go when there is no `db`.
        observer: is told what happens; None for silence.

    Returns:
        The records, those of the architectures (`dataset` None: cost and model speed) before those of the data set.
        Values are in the unit that each measurement names: accuracy in %, cost in GFLOPs (multiply-adds), parameters
        as a count, throughput in images/s, latency in ms, memory in MiB.

    Raises:
        UsageError: an argument cannot be right, or the device is absent.
        SourceError: the data is missing, empty or wrongly labelled.
        StoreError: the database cannot be opened or written.

    In a torchrun job the records are returned by the first process, and the others return none.

    A variant that cannot be measured does not raise: its record has the status "failed" and says why. A
    KeyboardInterrupt goes through to the caller; what was stored in `db` until then is kept.
    """
    from pwc_bench.api.job import assist_session, run_session, run_unstored, taking_part

    options = RunOptions(
        models=models,
        data=data,
        dataset=dataset,
        metrics=tuple(metrics),
        weights=dict(weights or {}),
        weights_dir=None if weights_dir is None else Path(weights_dir),
        device=device,
        precision=precision,
        implementation=implementation,
        recipe=recipe,
        compare_implementations=compare_implementations,
        tf32=tf32,
        compile=compile,
        cuda_graphs=cuda_graphs,
        channels_last=channels_last,
        device_resize=device_resize,
        batch_size=batch_size,
        workers=workers,
        limit=limit,
        crop_cache=crop_cache,
        crop_cache_limit=crop_cache_limit,
        campaign=campaign,
        note=note,
        model_timeout=model_timeout,
        fresh=fresh,
        quiet_budget=quiet_budget,
    )
    told = observer or SilentObserver()
    with taking_part() as team:
        if team is not None and not team.place.leads:
            assist_session(options, db, Path(folder), team)
            return Records()
        if db is None:
            return Records(run_unstored(options, Path(folder), told, team))
        return Records(run_session(options, db, told, team))


def load(given: str | Path | None = None, *, db: str | None = None) -> Records:
    """Return records wherever they lie; `.to_frame()` makes a table of them, with a row for each measurement.

    Args:
        given: a JSON Lines file, a folder of them, `campaign:NAME`, `git:REF:PATH` or an https address; None for all
            records of the database, newest first.
        db: a database's URL, or the path of an SQLite file; by default $PWC_BENCH_DB, else results/pwc-bench.db.

    Raises:
        NotFoundError: there is nothing of that name.
        RecordFormatError: a file holds something else than records, or they were changed.
        SourceError: an address cannot be fetched.
        StoreError: there is no such database, or it cannot be read.
    """
    from pwc_bench.api.records import load_records

    return load_records(given, db if db is not None else default_database())


def compare(
    baseline: str | Path | Iterable[Record] | None = None,
    candidate: str | Path | Iterable[Record] | None = None,
    *,
    metrics: Iterable[str] = (),
    models: Iterable[str] = (),
    policy: Policy | None = None,
    accepted: str | Path | None = None,
    equivalent: float | None = None,
    db: str | None = None,
    observer: Observer | None = None,
) -> tuple[Verdict, ...]:
    """Compare a candidate with a baseline and return one verdict for each metric of each variant.

    `pwc_bench.core.verdict.exit_code` gives what `pwc-bench check` ends with. Settings files are the command line's:
    here only the arguments count.

    Args:
        baseline: a JSON Lines file, a folder of them, `campaign:NAME`, `git:REF:PATH`, an https address, or records at
            hand; None for the published records in results/.
        candidate: the same; None for the newest campaign in the database.
        metrics: keys of the metrics to compare ("top1", "gflops"), and "weights" for the hash of the checkpoint; none
            given means all.
        models: keys of variants, families, `all` or `paper`; none given means all.
        policy: when a difference counts; None for the defaults.
        accepted: the file of accepted values; None for results/accepted.jsonl.
        equivalent: a margin in percentage points: ask whether both are equally good, whatever their precision and code.
        db: a database's URL, or the path of an SQLite file; by default $PWC_BENCH_DB, else results/pwc-bench.db. The
            predictions of records at hand are looked for in its folder.
        observer: is told what happens; None for silence.

    Raises:
        NoBaselineError: the baseline holds no record.
        UsageError: a name means nothing.
        RecordFormatError: a file holds something else than records, or they were changed.
        SourceError: an address cannot be fetched.
        StoreError: there is no such database, or it cannot be read.
    """
    from pwc_bench.api.check_settings import CheckSettings
    from pwc_bench.api.checking import compare_shelves
    from pwc_bench.api.shelves import given_baseline, given_candidate

    place = db if db is not None else default_database()
    settings = CheckSettings(
        policy=policy or Policy(),
        metrics=tuple(metrics),
        models=tuple(models),
        accepted=None if accepted is None else str(accepted),
        equivalent=equivalent,
        origins={},
    )
    sides = given_baseline(baseline, place), given_candidate(candidate, place)
    return compare_shelves(*sides, settings, place, observer or SilentObserver()).verdicts


def publish(
    site: str | Path = "site",
    *,
    db: str | None = None,
    records: Iterable[Record] | None = None,
    base_url: str | None = None,
    observer: Observer | None = None,
) -> "SiteReport":
    """Render the site into the folder `site` and report what was written.

    Args:
        site: the folder; an earlier site there is replaced in one step.
        db: a database's URL, or the path of an SQLite file; by default $PWC_BENCH_DB, else results/pwc-bench.db.
        records: records to show in place of a database's, beside the knowledge that ships with the package.
        base_url: the https address at which the site will stand, for feeds and sitemaps.
        observer: is told what happens; None for silence.

    Raises:
        UsageError: both `db` and `records` are given.
        StoreError: there is no such database, or it cannot be read.
        PublishError: the site cannot be written.
    """
    from pwc_bench.api.site import publish_database, publish_records
    from pwc_bench.core.errors import UsageError

    told = observer or SilentObserver()
    if records is None:
        place = db if db is not None else default_database()
        return publish_database(place, Path(site), base_url=base_url, observer=told)
    if db is not None:
        raise UsageError("give either db or records: a site shows the one or the other")
    return publish_records(tuple(records), Path(site), base_url=base_url, observer=told)
