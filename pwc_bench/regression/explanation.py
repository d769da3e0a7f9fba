"""What a person sees who asks why an accuracy moved: the images that flipped, gathered by class."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crossing:
    """How often either side was right: the agreement matrix. Counts of images."""

    both_right: int
    lost: int
    """Baseline right, candidate wrong."""
    gained: int
    """Baseline wrong, candidate right."""
    both_wrong: int

    @property
    def images(self) -> int:
        """Return the images that were compared."""
        return self.both_right + self.lost + self.gained + self.both_wrong


@dataclass(frozen=True, slots=True)
class Confidence:
    """Median probabilities of the first guess, None where there is no such image."""

    baseline: float | None
    candidate: float | None
    lost_baseline: float | None
    """Of the lost images, when the baseline was still right."""
    lost_candidate: float | None
    """Of the lost images, in the candidate's mistake."""


@dataclass(frozen=True, slots=True)
class ImageFlip:
    """One image that is no longer right, or has become so."""

    image: str
    before: str
    """What the baseline's first guess was, by name."""
    now: str
    """What the candidate's first guess is."""
    nll_before: float
    """The negative log-likelihood of the right class, in nats."""
    nll_now: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A class that lost images are taken for now."""

    name: str
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFlips:
    """The flips of one class."""

    label: int
    identifier: str
    """The synset or folder name; the label's digits where no data set declares one."""
    name: str
    """What people read; the identifier where there is no name."""
    images: int
    """Images of the class that were compared."""
    lost: int
    gained: int
    mistakes: tuple[Mistake, ...]
    """What the lost images are taken for now, most frequent first."""
    lost_images: tuple[ImageFlip, ...]
    """A few of them, in the order of the baseline."""
    gained_images: tuple[ImageFlip, ...]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The mean negative log-likelihood of the right class over the images compared, in nats; lower is better."""

    baseline: float
    candidate: float
    worst: tuple[ImageFlip, ...]
    """The images whose right class lost most, flipped or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One variant on one data set, seen image by image."""

    variant: str
    title: str
    dataset: str
    metric: str
    """The key of the metric that asked for it."""
    metric_title: str
    depth: int
    """An image counts as right where its class is among the first `depth` guesses."""
    crossing: Crossing
    changed_guesses: int
    """Images whose first guess is another class."""
    only_in_baseline: int
    """Images that the candidate lacks; they are left out, like the next two."""
    only_in_candidate: int
    relabelled: int
    """Images whose right class differs between the sides."""
    confidence: Confidence
    likelihood: Likelihood
    classes: tuple[ClassFlips, ...]
    """Classes with a flip: the largest net losers first."""
    more_classes: int
    """Further classes with a flip that are not listed."""
    implementation: str | None = None
    """Which implementation it is about, where a side holds several of the variant; else None."""
