"""The site is built whole: in several processes, only what changed, and seen by readers all at once or not at all."""

from pwc_bench.site.build.site import SiteReport, publish
from pwc_bench.site.build.writing import LeftOutPages

__all__ = ["LeftOutPages", "SiteReport", "publish"]
