"""Use case 4: an archive becomes a site. Jinja2 lives only here."""

from pwc_bench.publishing.site import SiteReport, publish
from pwc_bench.publishing.writing import LeftOutPages

__all__ = ["LeftOutPages", "SiteReport", "publish"]
