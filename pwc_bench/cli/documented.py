"""Commands whose help ends in examples and exit codes."""

from collections.abc import Mapping, Sequence
from typing import Any

import click


class DocumentedCommand(click.Command):
    """A command that declares its examples and the meaning of its exit codes."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  (click's)
        examples: Sequence[str],
        exit_codes: Mapping[int, str],
        **settings: Any,  # noqa: ANN401  (click's)
    ) -> None:
        super().__init__(*args, **settings)
        self.examples = tuple(examples)
        self.exit_codes = dict(exit_codes)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's)
        """Write the examples and the exit codes at the end of the help."""
        write_sections(
            formatter,
            {"Examples": self.examples, "Exit codes": [(str(code), text) for code, text in self.exit_codes.items()]},
        )


def write_sections(
    formatter: click.HelpFormatter, sections: Mapping[str, Sequence[str] | Sequence[tuple[str, str]]]
) -> None:
    """Write each section: texts as lines that are never broken, pairs as two columns."""
    for title, items in sections.items():
        with formatter.section(title):
            pairs = [item for item in items if isinstance(item, tuple)]
            if pairs:
                formatter.write_dl(pairs)
            for line in items:
                if isinstance(line, str):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
