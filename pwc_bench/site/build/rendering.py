"""Templates to HTML. A template sees one object, `page`, and fails on a name that is not there."""

import base64
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from pwc_bench.core.errors import PublishError
from pwc_bench.core.files import PACKAGE
from pwc_bench.core.text_forms import writable
from pwc_bench.site.parts.frame import SITE_LINE, SITE_TITLE, Frame
from pwc_bench.site.parts.page import Page

_SIZE_PX = (1200, 630)
_GROUND, _INK, _SOFT, _CLAIM, _MEASURED = "#fafaf8", "#1a1d21", "#575e66", "#985800", "#0a6c68"
_TITLES = {
    "home": "Claims and measurements",
    "leaderboard": "Leaderboard",
    "model": "A model, claimed and measured",
    "record": "A record: the evidence",
    "paper": "A paper and its claims, answered",
    "not_found": "No page here",
    "pair": "Two models side by side",
}


def card_path(kind: str) -> str:
    """Return the path of the picture for a kind of page."""
    return f"assets/card-{kind.replace('_', '-')}.png"


def card_files(kinds: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Draw a picture for each kind of page, with its path. The same Pillow draws the same bytes."""
    for kind in kinds:
        yield card_path(kind), _draw(_TITLES.get(kind, kind.replace("_", " ").title()))


def _draw(title: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont  # only for sites that have an address

    image = Image.new("RGB", _SIZE_PX, _GROUND)
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 110, 210, 230), outline=_CLAIM, width=26)
    draw.ellipse((180, 110, 300, 230), fill=_MEASURED)
    draw.text((340, 128), SITE_TITLE, fill=_INK, font=ImageFont.load_default(72))
    draw.text((90, 320), title, fill=_INK, font=ImageFont.load_default(68))
    draw.text((90, 470), SITE_LINE, fill=_SOFT, font=ImageFont.load_default(30))
    out = io.BytesIO()
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def templates_folder() -> Path:
    """Return the folder of the templates: inside the package as installed, beside it in a checkout."""
    for folder in (PACKAGE / "templates", PACKAGE.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise PublishError(f"no templates in {PACKAGE / 'templates'}: the installation is incomplete, install it again")


class _Compiled(BytecodeCache):
    """Keeps what templates were compiled to, for as long as the process lives: it is nearly half of a small build."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find what a template of this very text was compiled to."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _finalized(value: object) -> object:
    """Replace what no HTML can hold, not even escaped."""
    return writable(value) if type(value) is str and not value.isprintable() else value


def make_environment(folder: Path, base_url: str | None = None) -> Environment:
    """Return the Jinja2 environment of the templates in `folder`."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )

    # What depends on the site is a filter of the context: such a one is not applied to a constant when it is compiled.
    @pass_context
    def canonical(_: Context, path: str) -> str:
        """Return a page's absolute address, "" where nobody said where the site will stand."""
        if base_url is None:
            return ""
        return f"{base_url.rstrip('/')}/{path.removesuffix('index.html')}"

    made: dict[tuple[str, str, int, int], tuple[Frame, Markup]] = {}

    @pass_context
    def shared(_: Context, frame: Frame, part: str) -> Markup:
        """Return a partial that depends on the frame's furniture alone: rendered once for all pages that share it.

        Furniture is known by its identity, which is quicker than by its value; the frame that is kept keeps it alive.
        """
        key = (part, frame.root, id(frame.nav), id(frame.footer))
        if key not in made:
            template = environment.get_template(f"partials/{part}.html")
            made[key] = frame, Markup(template.render(frame=frame))  # noqa: S704
        return made[key][1]

    environment.filters["canonical"] = canonical
    environment.filters["card"] = card_path
    environment.filters["csp_hash"] = _csp_hash
    environment.filters["shared"] = shared
    return environment


def _csp_hash(content: str) -> str:
    """Return the source expression by which a Content-Security-Policy allows one inline style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(str(content).encode()).digest()).decode()}"


def render(environment: Environment, page: Page) -> str:
    """Return the HTML of one page."""
    return environment.get_template(f"{page.key}.html").render(page=page.context, kind=page.key)


def asset_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield our own style sheets, scripts and pictures with their paths in the site.

    Style sheets and scripts lose on the way what only their readers need.
    """
    for file in sorted((folder / "assets").rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), _lean(file.suffix, file.read_bytes())


def _lean(suffix: str, content: bytes) -> bytes:
    make = {".css": cssmin, ".js": jsmin}.get(suffix)
    return content if make is None else make(content.decode()).encode()
