"""Metrics that publications print and nobody measures here: what can be said of one from its name alone."""

import re

from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope

__all__ = ["direction_of", "published_metric"]

_LOWER = {
    "bpb", "bpc", "bpd", "bits", "cer", "distance", "ece", "epe", "error", "errors", "fid", "flops", "gflops",
    "hours", "kid", "latency", "lpips", "loss", "macs", "mae", "mape", "mse", "mpjpe", "nll", "nmse",
    "parameters", "params", "perplexity", "ppl", "rank", "rmse", "seconds", "ter", "time", "wer",
}  # fmt: skip
_HIGHER = {
    "acc", "accuracy", "ap", "auc", "auprc", "auroc", "average", "bleu", "chrf", "cider", "concordance",
    "correct", "correlation", "dice", "elo", "em", "exact", "f1", "fps", "gleu", "hits", "iou", "jaccard",
    "kappa", "map", "match", "mcc", "meteor", "miou", "mrr", "ndcg", "pck", "pearson", "pq", "precision", "psnr",
    "r2", "recall", "return", "reward", "roc", "rouge", "score", "sensitivity", "spearman", "specificity",
    "spice", "ssim", "success", "throughput", "win",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+[0-9]*")


def direction_of(name: str) -> Better | None:
    """Return the direction in which a metric of this name improves, None where the name does not tell.

    Papers with Code never stored it. A word that speaks of an error decides: "percentage error", "word error rate".
    """
    found = _WORD.findall(name.lower())
    words = {*found, *(word.rstrip("0123456789") for word in found)}
    if words & _LOWER:
        return Better.LOWER
    return Better.HIGHER if words & _HIGHER else None


def published_metric(name: str, unit: str) -> Metric:
    """Describe a metric that is only claimed. Where `direction_of` finds no direction, `better` means nothing."""
    return Metric(
        key=name,
        title=name,
        unit=unit,
        better=direction_of(name) or Better.HIGHER,
        kind=Kind.DESCRIPTIVE,
        scope=Scope.DATASET,
        version=0,
        tolerance=0.0,
        display=Display(unit),
        definition="",
    )
