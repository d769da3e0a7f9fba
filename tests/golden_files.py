"""Files that a rendered thing must equal, byte for byte; PWC_BENCH_GOLDEN=1 writes them anew."""

import os
from pathlib import Path

__all__ = ["assert_golden"]

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """Compare `text` with tests/golden/`name`, or write it there where the environment asks for that."""
    file = GOLDEN / name
    if os.environ.get("PWC_BENCH_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{name} changed: look at it, then PWC_BENCH_GOLDEN=1"
