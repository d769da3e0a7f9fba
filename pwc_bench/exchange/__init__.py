"""Files in and out: knowledge, submissions, records (also from git and the web), the PWC Archive, model-index."""

from pwc_bench.exchange.csv_export import write_csv
from pwc_bench.exchange.git_files import GIT_PREFIX, git_reader, git_shelf, same_repository
from pwc_bench.exchange.knowledge import load_knowledge, load_knowledge_file, merge_knowledge
from pwc_bench.exchange.model_index import write_model_index
from pwc_bench.exchange.pwc_archive import write_pwc
from pwc_bench.exchange.records import (
    ACCEPTED,
    AbsentError,
    Shelf,
    append_acceptance,
    file_shelf,
    folder_shelf,
    parse_acceptances,
    parse_records,
    public_path,
    read_acceptances,
    read_records,
    reader_below,
    write_jsonl,
)
from pwc_bench.exchange.web_files import web_shelf

__all__ = [
    "ACCEPTED",
    "GIT_PREFIX",
    "AbsentError",
    "Shelf",
    "append_acceptance",
    "file_shelf",
    "folder_shelf",
    "git_reader",
    "git_shelf",
    "load_knowledge",
    "load_knowledge_file",
    "merge_knowledge",
    "parse_acceptances",
    "parse_records",
    "public_path",
    "read_acceptances",
    "read_records",
    "reader_below",
    "same_repository",
    "web_shelf",
    "write_csv",
    "write_jsonl",
    "write_model_index",
    "write_pwc",
]
