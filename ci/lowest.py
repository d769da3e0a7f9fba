"""Print the lowest versions that pyproject.toml allows for running, as constraints for pip."""

import re
import tomllib
from pathlib import Path


def main() -> None:
    """Print a line for each dependency. Raises ValueError for one that has no lower bound."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    for requirement in tomllib.loads(text)["project"]["dependencies"]:
        found = re.match(r"([A-Za-z0-9-]+)>=([0-9a-z.]+)", requirement)
        if found is None:
            raise ValueError(f"{requirement!r} has no lower bound")
        print(f"{found[1]}=={found[2]}")


main()
