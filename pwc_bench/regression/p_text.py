"""A p-value in words."""

_LEAST = 1e-6


def p_text(p_value: float) -> str:
    """Write a p-value with the digits that matter: "p = 0.0043"; below a millionth nobody asks how far."""
    return f"p = {p_value:.2g}" if p_value >= _LEAST else "p < 0.000001"
