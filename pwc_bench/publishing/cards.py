"""The picture that a link to the site brings along: one for each kind of page, drawn when the site is built."""

import io
from collections.abc import Iterable, Iterator

from pwc_bench.views.frame import SITE_LINE, SITE_TITLE

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
