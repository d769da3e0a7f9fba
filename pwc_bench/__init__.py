"""pwc-bench: turn model checkpoints into a leaderboard that people can trust."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("pwc-bench")
except PackageNotFoundError:  # a source tree that nobody installed
    __version__ = "0+unknown"
