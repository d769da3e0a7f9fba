"""Data only: papers, tasks, data sets, methods and claims as YAML, in the format in which people submit results."""
