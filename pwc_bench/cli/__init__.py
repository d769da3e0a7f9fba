"""The command line: parse, put use cases together, print, exit. A module a command, imported when it runs."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line on this process's arguments, and end the process with the command's exit code."""
    from pwc_bench.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding cannot write is shown with "?" and never ends a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="pwc-bench")
    except KeyboardInterrupt:  # while modules were still being imported
        sys.exit(130)
