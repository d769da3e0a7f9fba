"""The site's pages, a module each: `pages(archive)` yields what `templates/<module>.html` shows."""
