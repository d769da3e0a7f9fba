"""The command line that was typed, as it is kept with each record."""

import re
import shlex
from pathlib import PurePath

import click

_LEFT_OUT = {"db", "site", "no_site", "as_json", "note", "dry_run", "fresh"}
"""What says where results go and not what they are: a database's URL may hold a password."""

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def typed_command(context: click.Context) -> str:
    """Return the command with the options that were typed and decide the results.

    Records are published: absolute paths are cut to their last part, and a password in an address is left out.
    """
    words = ["pwc-bench", context.info_name or ""]
    for option in context.command.params:
        name = option.name or ""
        source = context.get_parameter_source(name)
        if name in _LEFT_OUT or source is not click.core.ParameterSource.COMMANDLINE:
            continue
        words += _words(option, context.params[name])
    return shlex.join(words)


def _words(option: click.Parameter, value: object) -> list[str]:
    flag = option.opts[0]
    if isinstance(value, bool):
        return [flag if value or not option.secondary_opts else option.secondary_opts[0]]
    if isinstance(value, dict):
        return [word for key, spec in value.items() for word in (flag, f"{key}={_public(str(spec))}")]
    if isinstance(value, tuple):
        return [flag, ",".join(map(str, value))]
    return [flag, "auto" if value is None else _public(str(value))]


def _public(text: str) -> str:
    without = _CREDENTIALS.sub("", text)
    path = PurePath(without)
    return path.name or without if path.is_absolute() else without
