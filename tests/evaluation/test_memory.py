"""Memory during a pass does not grow with the number of images."""

import subprocess
import sys
from pathlib import Path

CHILD = """
import resource, sys
from pathlib import Path
import torch
from pwc_bench.core.variant import Recipe
from pwc_bench.core.dataset import Item
from pwc_bench.evaluation import evaluate
from tests.evaluation.tiny import *

torch.set_num_threads(1)

class Repeated(FolderSource):
    def read(self, index):
        return (self.folder / "00000.jpg").read_bytes()

root, count = Path(sys.argv[1]), int(sys.argv[2])
write_images(root / "images", 1)
source = Repeated(root / "images", tuple(Item(f"{n:06d}.jpg", n % 8) for n in range(count)))
variant = tiny_variant("a", 1, Recipe(key="exact-256-224"))
list(evaluate(tiny_request(root, source, variant)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak_mib(root: Path, images: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), str(images)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return int(done.stdout) / 1024


def test_ten_times_the_images_need_no_more_memory(tmp_path: Path) -> None:
    """1,350 further crops would be 194 MiB if anything kept them; the noise of an allocator is far less."""
    few = _peak_mib(tmp_path / "few", 150)
    many = _peak_mib(tmp_path / "many", 1500)
    assert many - few < 60
