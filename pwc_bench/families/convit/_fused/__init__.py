"""The inference-only ConViT. These modules need torch; only `fused.fuse` imports them."""
