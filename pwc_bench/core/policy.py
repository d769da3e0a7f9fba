"""When a difference counts: the thresholds of a check, with defaults that a simulation has calibrated."""

from dataclasses import dataclass

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of `pwc-bench check`; `[tool.pwc-bench.check]` of pyproject.toml or pwc-bench.toml may set each."""

    significance: float = 0.01
    """The p-value below which a difference is not chance, after Holm's correction over all that a check tests."""
    least_accuracy_loss: float = 0.05
    """Percentage points of a share such as top-1 that a significant loss must reach to count."""
    least_likelihood_loss: float = 0.0005
    """Nats of mean negative log-likelihood that a significant loss must reach to count."""
    flips_worth_a_warning: float = 0.5
    """Percent of predictions that changed, above which an unchanged accuracy is shown with a warning."""
    least_rounds: int = 20
    """Rounds a side below which a sampled metric is inconclusive."""
    least_speed_loss: float = 5.0
    """Percent by which the median of a sampled metric must be worse to count."""
    run_drift: float = 10.0
    """Percent: the standard deviation between runs of one and the same model that is assumed where the baseline holds
    fewer than three of them."""
