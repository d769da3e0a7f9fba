"""Per-image results on disk: parquet files that the evaluation writes, and that checks and pages read."""

from pwc_bench.prediction_files.reading import SCHEMA, parse_whole, read_predictions, read_whole

__all__ = ["SCHEMA", "parse_whole", "read_predictions", "read_whole"]
