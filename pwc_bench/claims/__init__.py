"""Judging claims against records, without HTML: for `show`, exports and the site alike."""
