"""A catalogue that declares nothing: the store does not look into it."""

from pwc_bench.core.archive import Catalogue

CATALOGUE = Catalogue(variants={}, datasets={}, metrics={})
