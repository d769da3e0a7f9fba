"""What several gauges work with: inputs, traces and clocks."""
