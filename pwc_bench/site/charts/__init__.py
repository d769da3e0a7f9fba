"""Charts as SVG, drawn from points that others chose."""
