"""The command line: parse, put use cases together, print, exit. A module a command, imported when it runs."""

import sys

from pwc_bench.cli.unforeseen import make_streams_safe

__all__ = ["main"]


def main() -> None:
    """Run the command line on this process's arguments, and end the process with the command's exit code."""
    make_streams_safe()
    try:
        from pwc_bench.cli.app import app

        app(prog_name="pwc-bench")
    except KeyboardInterrupt:  # while modules were still being imported
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  (likewise: a package that is missing or broken)
        from pwc_bench.cli.unforeseen import UNFORESEEN, tell_unforeseen

        tell_unforeseen(error)
        sys.exit(UNFORESEEN)
