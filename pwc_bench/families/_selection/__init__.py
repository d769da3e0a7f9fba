"""What the names after `--models` mean."""
