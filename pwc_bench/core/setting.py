"""The setting of a number: which code made it, on which device, in which precision and batch, with how many threads.

Numbers of different settings are never ordered together, set in relation or joined by a line. What a number depends on
follows from its metric: a count on nothing, an accuracy on the precision and the recipe, a speed on everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Environment, Record
from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Recipe

REFERENCE = "reference"
"""The implementation that goes without saying: timm's own code, of which papers speak."""


class Machine(NamedTuple):
    """What a reader chooses once for all numbers: the code, the device and the precision."""

    device: str
    precision: str
    """"bf16", "fp32 with TF32"."""
    implementation: str

    @staticmethod
    def of(environment: Environment) -> "Machine":
        """Return the machine of a record."""
        return Machine(environment.device, precision_text(environment), environment.implementation)

    @property
    def key(self) -> str:
        """Return it as a word of addresses: "nvidia-h200+bf16+reference"."""
        return "+".join(slugify(part) if part else "" for part in self)

    @property
    def text(self) -> str:
        """Return it as people read it: "NVIDIA H200, bf16, fused implementation"."""
        return ", ".join((self.device, self.precision, *_own(self.implementation)))

    @property
    def is_reference(self) -> bool:
        """Tell whether the reference implementation ran."""
        return self.implementation == REFERENCE


@dataclass(frozen=True, slots=True)
class Setting:
    """How a number was made; None, or False, for what it does not depend on.

    Two numbers of one metric can be compared where their settings are equal; `differences` says why others cannot.
    """

    device: str | None = None
    device_type: str | None = None
    precision: str | None = None
    """"bf16", "fp32 with TF32"."""
    batch_size: int | None = None
    """Images per forward of this very number: 1 for a latency."""
    implementation: str | None = None
    compiled: bool = False
    cuda_graphs: bool = False
    memory_format: str | None = None
    threads: int | None = None
    """Torch's own."""
    power_limit_watts: float | None = None
    workers: int | None = None
    """Reading threads of each process, of a pass."""
    processes: int | None = None
    """Those that shared the images of a pass."""
    recipe: Recipe | None = None
    """The protocol of a pass: resize, crop, normalisation."""

    @staticmethod
    def of(record: Record, metric: Metric) -> "Setting":
        """Return what a record's value of `metric` depends on. Raises KeyError where a speed was not measured."""
        recipe = record.provenance.recipe if metric.scope is Scope.DATASET else None
        if metric.kind is Kind.EXACT and metric.scope is Scope.MODEL:
            return Setting()
        if not depends_on_machine(metric):
            return Setting(precision=precision_text(record.environment), recipe=recipe)
        return _of_machine(record, record.batch_size_of(metric.key), recipe, is_pass=metric.scope is Scope.DATASET)

    @staticmethod
    def of_run(record: Record) -> "Setting":
        """Return how a record's run used the machine, whatever each of its numbers depends on."""
        return _of_machine(record, record.environment.batch_size, None, is_pass=False)

    @property
    def machine(self) -> Machine:
        """Return the part that a reader chooses."""
        return Machine(self.device or "", self.precision or "", self.implementation or REFERENCE)

    @property
    def text(self) -> str:
        """Return it as people read it: "NVIDIA H200, bf16, batch 256"."""
        return ", ".join(filter(None, (self.device, self.use)))

    @property
    def use(self) -> str:
        """Return the same without the device: "fp32, batch 8, fused implementation, 2 threads"."""
        batch = None if self.batch_size is None else f"batch {self.batch_size}"
        return ", ".join(filter(None, (self.precision, batch, self.further)))

    @property
    def further(self) -> str:
        """Return what else changes speed: "compiled, channels last"; "" where all is as usual."""
        layout = self.memory_format or "contiguous"
        return ", ".join(
            (
                *(("compiled",) if self.compiled else ()),
                *(("CUDA graphs",) if self.cuda_graphs else ()),
                *((layout.replace("_", " "),) if layout != "contiguous" else ()),
                *_own(self.implementation),
                *((_counted(self.threads, "thread"),) if self.device_type == "cpu" and self.threads else ()),
                *((_counted(self.workers, "worker"),) if self.workers else ()),
                *((_counted(self.processes, "process"),) if (self.processes or 1) > 1 else ()),
            )
        )

    def text_beside(self, usual: "Setting") -> str:
        """Return its words for a place where all else is of the setting `usual`: they always tell the two apart."""
        if self.text != usual.text or self == usual:
            return self.text
        return f"{self.text} ({'; '.join(usual.differences(self))})"

    def differences(self, other: "Setting") -> Iterator[str]:
        """Yield in words what differs, its own word first: "batch size 8 against 16"; nothing for equal settings."""
        for field, name in _NAMES.items():
            mine, theirs = getattr(self, field), getattr(other, field)
            if mine != theirs:
                yield f"{name} {_word(mine)} against {_word(theirs)}"


def depends_on_machine(metric: Metric) -> bool:
    """Tell whether a metric depends on the machine and the batch: sampled ones, and descriptive ones of the model."""
    return metric.kind is Kind.SAMPLED or (metric.kind is Kind.DESCRIPTIVE and metric.scope is Scope.MODEL)


def machine_of(metric: Metric, machine: Machine) -> Machine:
    """Return what a number of `metric` owes to a machine: an accuracy nothing to the implementation, checked equal."""
    return machine if depends_on_machine(metric) else machine._replace(implementation="")


def precision_text(environment: Environment) -> str:
    """Return the precision in which products were computed: "bf16", "fp32 with TF32", which only CUDA rounds to."""
    is_tf32 = environment.precision == "fp32" and environment.tf32 and environment.device_type == "cuda"
    return "fp32 with TF32" if is_tf32 else environment.precision


def _of_machine(record: Record, batch_size: int, recipe: Recipe | None, *, is_pass: bool) -> Setting:
    environment = record.environment
    return Setting(
        device=environment.device,
        device_type=environment.device_type,
        precision=precision_text(environment),
        batch_size=batch_size,
        implementation=environment.implementation,
        compiled=environment.compile,
        cuda_graphs=bool(environment.cuda_graphs),
        memory_format=environment.memory_format,
        threads=environment.threads,
        power_limit_watts=environment.power_limit_watts,
        workers=environment.workers if is_pass else None,
        processes=(environment.processes or 1) if is_pass else None,
        recipe=recipe,
    )


_NAMES = {
    "recipe": "recipe",
    "device": "device",
    "precision": "precision",
    "batch_size": "batch size",
    "implementation": "implementation",
    "compiled": "torch.compile",
    "cuda_graphs": "CUDA graphs",
    "memory_format": "memory format",
    "threads": "torch threads",
    "power_limit_watts": "GPU power limit in W",
    "workers": "reading threads",
    "processes": "processes",
}
"""What each field is called; the kind of device follows from the device."""


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Recipe):
        return f"{value.key} ({value.sha256[:8]})"
    return "unknown" if value is None else str(value)


def _counted(number: int | None, name: str) -> str:
    plural = f"{name}es" if name.endswith("s") else f"{name}s"
    return f"{number:,} {name if number == 1 else plural}"


def _own(implementation: str | None) -> tuple[str, ...]:
    """Name the implementation where it is not the reference: a speed is that of the code which ran."""
    return () if implementation in (None, "", REFERENCE) else (f"{implementation} implementation",)
