"""A small picture for a README: how a paper's claims on a leaderboard stand."""

from pwc_bench.views.svg import element, escaped, text

_NAME = "pwc-bench"
_HEIGHT_PX = 20
_LETTER_PX = 6.4
"""About how wide a letter of 11 px is; `textLength` fits the text to what was planned."""
_PAD_PX = 8


def draw_badge(said: str) -> str:
    """Return the badge as an SVG file: our name, then `said`."""
    left, right = _width_px(_NAME), _width_px(said)
    label = f"{_NAME}: {said}"
    return (
        element(
            "svg",
            element("title", escaped(label)),
            element("rect", width=str(left + right), height=str(_HEIGHT_PX), rx="4", fill="#1a1d21"),
            element("path", d=f"M{left} 0h{right - 4}a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-{right - 4}z", fill="#0a6c68"),
            _part(_NAME, _PAD_PX, left),
            _part(said, left + _PAD_PX, right),
            xmlns="http://www.w3.org/2000/svg",
            width=str(left + right),
            height=str(_HEIGHT_PX),
            role="img",
            aria_label=label,
        )
        + "\n"
    )


def _width_px(said: str) -> int:
    return round(len(said) * _LETTER_PX) + 2 * _PAD_PX


def _part(said: str, x_px: int, width_px: int) -> str:
    inner, font = str(width_px - 2 * _PAD_PX), "Verdana,DejaVu Sans,sans-serif"
    return text(said, x=str(x_px), y="14", textLength=inner, font_family=font, font_size="11", fill="#fff")
