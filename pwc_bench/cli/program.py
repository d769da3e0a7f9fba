"""How the program can be called from here."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def program_name() -> str:
    """Return what to type to call this program: its name where the shell finds it, else the interpreter's own path.

    `make run` calls it in an environment that nobody activated, where "pwc-bench" alone would not be found.
    """
    if shutil.which("pwc-bench"):
        return "pwc-bench"
    interpreter = Path(os.path.relpath(sys.executable))
    shown = interpreter if ".." not in interpreter.parts else Path(sys.executable)
    return f"{shlex.quote(str(shown))} -m pwc_bench"
