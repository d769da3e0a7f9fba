"""Runs the command line as `python -m pwc_bench`."""

from pwc_bench.cli import main

if __name__ == "__main__":
    main()
