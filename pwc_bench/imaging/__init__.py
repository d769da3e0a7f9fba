"""Image bytes to uint8 crops, pixel for pixel as PIL and torchvision make them. Safe to call from many threads."""

from pwc_bench.imaging.crop import crop_into, crops, crops_into, decode_for
from pwc_bench.imaging.crop_cache import CachedCrops, CropCache, list_cached_crops, open_crop_cache
from pwc_bench.imaging.decode import decode, decoder_name

__all__ = [
    "CachedCrops",
    "CropCache",
    "crop_into",
    "crops",
    "crops_into",
    "decode",
    "decode_for",
    "decoder_name",
    "list_cached_crops",
    "open_crop_cache",
]
