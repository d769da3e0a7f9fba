"""What the demo consists of; known without drawing anything."""

CLASSES = tuple(f"{hue}-{texture}" for hue in ("amber", "azure", "jade", "plum") for texture in ("dots", "stripes"))
"""A hue and a texture each, sorted."""

IMAGES_PER_CLASS = 8
"""In each class of each split."""

SPLITS = ("train", "val")
