"""The benchmark: our pipeline against timm's own loader and models, in one run, as ratios.

    python -m tests.benchmarks                                   # a few minutes on two cores, with files of its own
    python -m tests.benchmarks --data DIR --images 200           # a folder of JPEG files
    python -m tests.benchmarks --device cuda --precision bf16 --images 50000 --data DIR

The peer is what timm's validation script puts together: `create_dataset`, `create_loader`, its model, one pass a model.
Both sides get the same files, the same weights (seeded random ones: speed and agreement need no trained ones) and the
same machine, turn by turn. Every ratio says how many times as good ours is, with a bootstrap interval over the rounds.
"""
