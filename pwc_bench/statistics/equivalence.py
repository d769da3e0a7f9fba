"""Whether two results for the same images are equally good, within a margin: two one-sided tests (Schuirmann 1987)."""

import math

import numpy as np
import numpy.typing as npt
import scipy.special


def share_lost_beyond(lost: int, gained: int, cases: int, margin: float) -> float:
    """Return Tango's score statistic of the share of cases lost on balance against `margin`, both from -1 to 1.

    `lost` counts the cases that the first result has right and the second one wrong, `gained` the reverse, of `cases`
    in all. The statistic is standard normal where the true share lost, less the share gained, is `margin`: far below 0
    where less is lost, far above where more is. It needs no discordant case, since its variance is that under the
    margin (Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design"). Raises ValueError for counts that cannot be or a margin outside (-1, 1).
    """
    if min(lost, gained) < 0 or lost + gained > cases or cases < 1 or not -1.0 < margin < 1.0:
        raise ValueError(f"{lost} lost and {gained} gained of {cases}, margin {margin}: no paired shares")
    if margin < 0.0:  # the same question from the other side
        return -share_lost_beyond(gained, lost, cases, -margin)
    # The most likely share gained where the share lost is larger by `margin`: the positive root of a x^2 + b x + c.
    a = 2.0 * cases
    b = -lost - gained + (2.0 * cases - lost + gained) * margin
    c = -gained * margin * (1.0 - margin)
    share = (math.sqrt(max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a)
    variance = cases * (2.0 * share + margin * (1.0 - margin))
    away = lost - gained - cases * margin
    return away / math.sqrt(variance) if variance > 0.0 else 0.0  # no margin, and no case on which both differ


def mean_beyond(differences: npt.ArrayLike, margin: float) -> float:
    """Return the t statistic of the mean of n paired differences, shape (n,), against `margin`, as a normal quantile.

    Far below 0 where the mean is less. Equal differences, and a single one, have no spread and are as far from `margin`
    as can be, on their side. Raises ValueError where there is none, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError("paired results need finite differences, at least 1")
    away = float(values.mean()) - margin
    spread = 0.0 if values.size == 1 else float(values.std(ddof=1)) / math.sqrt(values.size)
    if spread == 0.0:
        return 0.0 if away == 0.0 else math.copysign(math.inf, away)
    tail = float(scipy.special.stdtr(values.size - 1, -abs(away) / spread))
    return math.copysign(-float(scipy.special.ndtri(tail)), away)
