"""What the machine tells of itself: NVIDIA's management library, the processor's energy counter and its features."""

from pwc_bench.hardware.gpu_watch import GpuWatch
from pwc_bench.hardware.nvml import Gpu, GpuState, find_gpu
from pwc_bench.hardware.powercap import cpu_energy_counter
from pwc_bench.hardware.processor import native_bf16

__all__ = ["Gpu", "GpuState", "GpuWatch", "cpu_energy_counter", "find_gpu", "native_bf16"]
