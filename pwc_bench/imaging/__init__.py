"""Image bytes to uint8 crops, pixel for pixel as PIL and torchvision make them. Safe to call from many threads."""

from pwc_bench.imaging.crop import crops, crops_into
from pwc_bench.imaging.decode import decode, decoder_name

__all__ = ["crops", "crops_into", "decode", "decoder_name"]
