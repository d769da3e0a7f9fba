"""`pwc-bench run --dry-run`: the plan of a run, with what earlier records tell about its time."""

from contextlib import ExitStack
from pathlib import Path

from pwc_bench.api.catalogue import load_catalogue
from pwc_bench.api.options import RunOptions
from pwc_bench.api.places import sqlite_path
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.cli.jsonable import json_text
from pwc_bench.cli.plan import make_plan, plan_lines
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record
from pwc_bench.store import open_existing_store


def plan_text(options: RunOptions, db: str, site: Path | None, *, as_json: bool) -> str:
    """Check everything as a run would, and return its plan as text or JSON. No database is made."""
    file = sqlite_path(db)
    with ExitStack() as stack:
        request = stack.enter_context(prepare(options))
        earlier: list[Record] = []
        if file is not None and not file.exists():
            request = at_folder(request, file.parent)
        else:
            store = stack.enter_context(open_existing_store(db))
            request = at_folder(request, store.folder)
            earlier = list(store.archive(load_catalogue()).records(scope=Scope.MODEL))
        plan = make_plan(request, database=db if file is None else str(file), site=site, earlier=earlier)
    return json_text(plan) if as_json else "\n".join(plan_lines(plan))
