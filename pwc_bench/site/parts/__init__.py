"""What several pages show alike: the frame around them, claim beside measurement, lists, comparisons."""
