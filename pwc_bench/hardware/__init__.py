"""What the machine tells of itself: NVIDIA's management library, and the processor's energy counter."""

from pwc_bench.hardware.gpu_watch import GpuWatch
from pwc_bench.hardware.nvml import Gpu, GpuState, find_gpu
from pwc_bench.hardware.powercap import cpu_energy_counter

__all__ = ["Gpu", "GpuState", "GpuWatch", "cpu_energy_counter", "find_gpu"]
