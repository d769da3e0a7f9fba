"""Options that several commands share, and the forms of values that click does not know."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from pwc_bench.api.places import default_database, default_site
from pwc_bench.core.files import user_path

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def auto_number(text: str) -> int | None:
    """Read a whole number of at least 1, or "auto", which is None: the `type` of an option."""
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter(f"{text!r} is neither 'auto' nor a whole number of at least 1.")
    return int(text)


class UserPath(click.Path):
    """A path as people type it: "~" is written out, and a home that is not known is refused."""

    def __init__(self, **settings: bool) -> None:
        super().__init__(path_type=Path, **settings)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Write the path out, and let click look at what is there."""
        return super().convert(user_path(value), param, ctx)


def db_option(function: Decorated) -> Decorated:
    """Add `--db`."""
    return click.option(
        "--db",
        metavar="URL",
        default=default_database,
        show_default="$PWC_BENCH_DB, else results/pwc-bench.db",
        help="The database: the path of an SQLite file, or a URL.",
    )(function)


def site_option(function: Decorated) -> Decorated:
    """Add `--site`."""
    return click.option(
        "--site",
        metavar="DIR",
        type=UserPath(file_okay=False),
        default=default_site,
        show_default="$PWC_BENCH_SITE, else site",
        help="The folder of the site.",
    )(function)


def json_option(help_text: str) -> Callable[[Decorated], Decorated]:
    """Add `--json` with a text that says what it writes."""
    return click.option("--json", "as_json", is_flag=True, help=help_text)


def campaign_option(help_text: str) -> Callable[[Decorated], Decorated]:
    """Add `--campaign` with a text that says what it selects."""
    return click.option("--campaign", metavar="NAME", help=help_text)


def comma_list(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Read "a,b" as ("a", "b")."""
    if value is None:
        return ()
    parts = tuple(part.strip() for part in value.split(","))
    if not all(parts):
        raise click.BadParameter(f"{value!r} has an empty name: separate names by single commas.")
    return parts


def pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read each KEY=VALUE; the same key twice is an error."""
    return _by_key(values, "KEY=VALUE")


def weights_by_key(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read each KEY=SPEC; the same key twice is an error."""
    return _by_key(values, "KEY=PATH, KEY=https://... or KEY=hub:OWNER/NAME")


def _by_key(values: Iterable[str], form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not (key and equals and rest):
            raise click.BadParameter(f"{value!r} is not of the form {form}.")
        if key in found:
            raise click.BadParameter(f"{key!r} is given twice.")
        found[key] = rest
    return found
