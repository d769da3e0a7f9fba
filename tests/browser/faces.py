"""The sans-serif faces that readers have, each alone on a system of its own: what fontconfig must be told for it."""

from typing import NamedTuple

from playwright.sync_api import Page

__all__ = ["FACES", "Face", "fontconfig", "rendered_in"]


class Face(NamedTuple):
    """A family, and the Debian package that installs it."""

    family: str
    package: str


FACES = (
    Face("DejaVu Sans", "fonts-dejavu-core"),  # as wide as Verdana
    Face("Liberation Sans", "fonts-liberation"),  # as wide as Arial and Helvetica
    Face("Noto Sans", "fonts-noto-core"),
    Face("Noto Sans CJK SC", "fonts-noto-cjk"),
)
_FIXED = "DejaVu Sans Mono"
"""The one face of code, in which a sign that a sans-serif face lacks (a check mark, a triangle) is shown as well."""


def fontconfig(face: Face) -> str:
    """Return a configuration under which no other sans-serif family exists, whatever is installed."""
    accepted = "".join(
        f'<pattern><patelt name="family"><string>{family}</string></patelt></pattern>'
        for family in (face.family, _FIXED)
    )
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include>/etc/fonts/fonts.conf</include>
<selectfont><rejectfont><pattern/></rejectfont><acceptfont>{accepted}</acceptfont></selectfont>
<match target="pattern"><edit name="family" mode="append_last"><string>{face.family}</string></edit></match>
</fontconfig>
"""


def rendered_in(page: Page, selector: str) -> set[str]:
    """Return the families in which Chromium has drawn the text of an element."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    session.detach()
    return {font["familyName"] for font in fonts}
