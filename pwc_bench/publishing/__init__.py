"""Use case 4: an archive becomes a site. Jinja2 lives only here."""

from pwc_bench.publishing.site import SiteReport, publish

__all__ = ["SiteReport", "publish"]
