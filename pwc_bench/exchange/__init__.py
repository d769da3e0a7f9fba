"""Files in and out: knowledge and submissions, records as JSON Lines and CSV."""

from pwc_bench.exchange.csv_export import write_csv
from pwc_bench.exchange.knowledge import load_knowledge, load_knowledge_file, merge_knowledge
from pwc_bench.exchange.records import read_records, write_jsonl

__all__ = [
    "load_knowledge",
    "load_knowledge_file",
    "merge_knowledge",
    "read_records",
    "write_csv",
    "write_jsonl",
]
