"""What the machine, the versions and the settings are."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import torch

from pwc_bench.core.files import PACKAGE
from pwc_bench.core.instruments import Settings
from pwc_bench.core.record import Environment
from pwc_bench.imaging import decoder_name


def describe_environment(settings: Settings) -> Environment:
    """Return the environment of a run with `settings`."""
    cpu = _cpu_name()
    is_cuda = settings.device_type == "cuda"
    gpu = torch.cuda.get_device_properties(settings.device) if is_cuda else None
    driver, power_limit_watts = _nvidia_smi(settings.device) if is_cuda else (None, None)
    cudnn = torch.backends.cudnn.version() if is_cuda else None  # type: ignore[no-untyped-call]
    return Environment(
        device=cpu if gpu is None else gpu.name,
        device_type=settings.device_type,
        precision=settings.precision,
        implementation=settings.implementation,
        batch_size=settings.batch_size,
        tf32=settings.tf32,
        compile=settings.compile,
        cuda_graphs=settings.cuda_graphs if is_cuda else None,
        memory_format="channels_last" if settings.channels_last else "contiguous",
        threads=torch.get_num_threads(),
        workers=settings.workers,
        cpu=cpu,
        cpu_count=psutil.cpu_count(),
        memory_mib=round(psutil.virtual_memory().total / 2**20),
        os=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        torch=torch.__version__,
        torchvision=_version("torchvision"),
        timm=_version("timm"),
        fvcore=_version("fvcore"),
        numpy=_version("numpy"),
        pillow=_version("pillow"),
        decoder=decoder_name(),
        cuda=torch.version.cuda if is_cuda else None,
        cudnn=None if cudnn is None else str(cudnn),
        driver=driver,
        gpu_memory_mib=None if gpu is None else round(gpu.total_memory / 2**20),
        power_limit_watts=power_limit_watts,
    )


def device_name(settings: Settings) -> str:
    """Return the name of the GPU, or of the CPU."""
    return torch.cuda.get_device_name(settings.device) if settings.device_type == "cuda" else _cpu_name()


def git_state() -> tuple[str | None, bool | None]:
    """Return the commit of the harness and whether the tree differs from it; (None, None) outside its checkout."""
    root = PACKAGE.resolve().parent
    if not (root / ".git").exists():
        return None, None
    commit = _output("git", "-C", str(root), "rev-parse", "HEAD")
    changes = _output("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")
    return commit or None, None if changes is None else bool(changes)


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _nvidia_smi(device: str) -> tuple[str | None, float | None]:
    index = device.partition(":")[2] or "0"
    text = _output(
        "nvidia-smi", f"--id={index}", "--query-gpu=driver_version,power.limit", "--format=csv,noheader,nounits"
    )
    driver, _, watts = (text or "").partition(",")
    return driver.strip() or None, float(watts) if watts.strip().replace(".", "", 1).isdigit() else None


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
