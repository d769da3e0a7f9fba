"""What several pages show alike: addresses, numbers, claim beside measurement, rows of a board, charts."""
