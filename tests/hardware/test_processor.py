"""The processor's features, from files as Linux writes them."""

from pathlib import Path

import pytest

from pwc_bench.hardware.processor import native_bf16


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flags\t\t: fpu sse2 avx512f avx512_bf16 amx_bf16 amx_tile", "AMX and AVX-512"),
        ("flags\t\t: fpu avx512_bf16", "AVX-512"),
        ("Features\t: fp asimd bf16", "NEON"),
        ("flags\t\t: fpu sse2 avx2 avx_ne_convert", None),  # converts, and multiplies in fp32
        ("model name\t: bf16 in name alone", None),
    ],
)
def test_native_bf16_is_read_from_the_features(tmp_path: Path, line: str, expected: str | None) -> None:
    """x86 and Arm; the first processor speaks for all."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\n{line}\n\nprocessor\t: 1\n{line}\n")
    assert native_bf16(cpuinfo) == expected


def test_a_system_that_does_not_tell_has_none(tmp_path: Path) -> None:
    """No file, no answer, no error."""
    assert native_bf16(tmp_path / "none") is None
