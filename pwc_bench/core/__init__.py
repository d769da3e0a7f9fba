"""Values and pure rules. Knows the standard library only."""
