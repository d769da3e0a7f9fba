"""The PWC Archive's evaluation tables, in and out. The archive's data is under CC BY-SA 4.0: see `ATTRIBUTION`."""

from pwc_bench.exchange.formats import Format
from pwc_bench.exchange.pwc_archive.names import Names
from pwc_bench.exchange.pwc_archive.reading import ATTRIBUTION, TableReader
from pwc_bench.exchange.pwc_archive.writing import write_pwc

__all__ = ["ATTRIBUTION", "FORMAT", "Names", "TableReader", "write_pwc"]

FORMAT = Format(
    key="pwc",
    title="PWC Archive",
    recognises=lambda head: head.text.startswith("["),
    claims=lambda archive: TableReader(Names.of(archive)),
    write=write_pwc,
    attribution=ATTRIBUTION,
)
