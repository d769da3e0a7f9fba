"""The PWC Archive's evaluation tables, in and out. The archive's data is under CC BY-SA 4.0: see `ATTRIBUTION`."""

from pwc_bench.exchange.pwc_archive.names import Names
from pwc_bench.exchange.pwc_archive.reading import ATTRIBUTION, TableReader, Tally
from pwc_bench.exchange.pwc_archive.writing import write_pwc

__all__ = ["ATTRIBUTION", "Names", "TableReader", "Tally", "write_pwc"]
