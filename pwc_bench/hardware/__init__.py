"""What the machine tells of itself: NVIDIA's management library, the processor's energy counter, features and load."""

from pwc_bench.hardware.gpu_watch import Gpu, GpuState, GpuWatch, find_gpu
from pwc_bench.hardware.load import MOST_TAKEN, LoadReading, LoadWatch, idle_processors, read_load, read_load_of_all
from pwc_bench.hardware.processor import cpu_energy_counter, native_bf16

__all__ = [
    "MOST_TAKEN",
    "Gpu",
    "GpuState",
    "GpuWatch",
    "LoadReading",
    "LoadWatch",
    "cpu_energy_counter",
    "find_gpu",
    "idle_processors",
    "native_bf16",
    "read_load",
    "read_load_of_all",
]
