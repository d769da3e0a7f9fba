"""What a finished site says of itself, so that the next build can tell that there is nothing to do.

The marker file in the site names a fingerprint of everything that went into it (data, templates, code, versions,
address) and a hash of its listing. A site counts as untouched where the listing is the same and no file is younger than
the marker.
"""

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from pwc_bench.core.archive import Archive
from pwc_bench.core.files import PACKAGE
from pwc_bench.publishing.folders import MARKER

_ABOUT = "This folder is written by pwc-bench and replaced as a whole."
_OWN_CODE = {".py", ".yaml", ".json"}


@dataclass(frozen=True, slots=True)
class SiteState:
    """What the marker says."""

    fingerprint: str
    """Of what went into the site."""
    listing: str
    """Of the paths and sizes of its files."""
    pages: int
    files: int
    size_bytes: int


def site_fingerprint(archive: Archive, templates: Path, base_url: str | None) -> str:
    """Return a hash of everything on which the site's bytes depend.

    The package's code is read whole: in a checkout it changes without its version, and it takes some milliseconds.
    """
    versions = [f"{name} {version(name)}" for name in ("jinja2", "markupsafe", "pillow")]
    said = [archive.fingerprint(), base_url or "", platform.python_version(), *versions]
    found = hashlib.sha256("\n".join(said).encode())
    for folder, wanted in ((PACKAGE, _OWN_CODE), (templates, None)):
        for path in sorted(path for path in folder.rglob("*") if wanted is None or path.suffix in wanted):
            if path.is_file():
                found.update(f"\n{path.relative_to(folder)}\n".encode())
                found.update(path.read_bytes())
    return found.hexdigest()


def listing_hash(sizes: Mapping[str, int]) -> str:
    """Return a hash of the paths and sizes of a site's files."""
    return hashlib.sha256("\n".join(f"{path}\0{sizes[path]}" for path in sorted(sizes)).encode()).hexdigest()


def write_state(draft: Path, state: SiteState) -> None:
    """Write the marker, as the last of the site's files."""
    (draft / MARKER).write_text(json.dumps({"about": _ABOUT, **asdict(state)}, indent=1) + "\n")


def read_state(folder: Path) -> SiteState | None:
    """Return what the marker of `folder` says where the site is as its build left it, else None."""
    try:
        marker = os.stat(folder / MARKER)  # noqa: PTH116  compared with thousands of other os.stat_results
        said = json.loads((folder / MARKER).read_text())
        state = SiteState(said["fingerprint"], said["listing"], said["pages"], said["files"], said["size_bytes"])
        sizes: dict[str, int] = {}
        for path, found in _walk(os.fspath(folder), ""):
            if found.st_mtime_ns > marker.st_mtime_ns:
                return None
            sizes[path] = found.st_size
    except (OSError, ValueError, KeyError, TypeError):  # no site, an older one, or one that somebody is changing
        return None
    sizes.pop(MARKER, None)
    return state if listing_hash(sizes) == state.listing else None


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{path}/")
            else:
                yield path, entry.stat(follow_symlinks=False)
