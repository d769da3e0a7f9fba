"""Names, titles and numbers that are far too long: nothing leaves its window, at the width of the smallest phone."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.knowledge import Paper, Task
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.variant import Variant
from pwc_bench.site.build import publish
from tests.example_archive import METRICS, example_catalogue
from tests.factories import RECIPE, make_claim, make_measurement, make_record

pytestmark = pytest.mark.browser

_NAME = "ModelWithoutASingleSpace" * 9
_OUTSIDE = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true; });
    const text = Array.from(document.querySelectorAll("figure svg text")).filter(one => {
        const box = one.getBoundingClientRect(), frame = one.closest("figure").getBoundingClientRect();
        return box.width && (box.left < frame.left || box.right > frame.right);
    });
    const wide = document.documentElement.scrollWidth - innerWidth;
    return [...(wide > 0 ? [wide] : []), ...text.map(one => one.textContent)];
}"""


def _no_model(classes: int) -> None:
    raise AssertionError("a site is built without models")


def _archive() -> MemoryArchive:
    """Two models, one of them measured; a paper of sixty tasks; values of fifteen digits."""
    catalogue = example_catalogue()
    variant = Variant("long", _NAME, "family" * 12, _no_model, RECIPE, paper="long", weights_note=_NAME)
    tasks = tuple(Task(f"task-{number}", f"Task {number} of {_NAME}", _NAME) for number in range(60))
    slugs = tuple(task.slug for task in tasks)
    paper = Paper("long", "A Title that Never Ends " * 17, (_NAME,) * 72, "2024-01-01", _NAME * 3, tasks=slugs)
    claims = tuple(
        replace(make_claim(model, key, value, unit), paper="long", variant=own, task="task-0", source=_NAME)
        for key, unit in (("top1", "%"), ("gflops", "GFLOPs"), ("parameters", "M"), ("throughput", "images/s"))
        for model, own, value in ((_NAME, "long", "123456789012345"), (f"{_NAME}-2", None, "345678901234567"))
    )
    cost = {
        "gflops": Measurement(123456789012.345, "GFLOPs", details={"operators": {_NAME: 123456789012.345}}),
        "throughput": make_measurement(98765432109876.5, "images/s", half_width=12345678.9),
    }
    records = (make_record("long", None, measurements=cost, device=_NAME), make_record("long", campaign=_NAME))
    known = replace(catalogue, variants={"long": variant}, metrics=METRICS)
    return MemoryArchive(known, records, (paper,), tasks, all_claims=claims)


@pytest.fixture(scope="session")
def far_too_long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of that archive."""
    site = tmp_path_factory.mktemp("long") / "site"
    publish(_archive(), site)
    return site


def test_nothing_leaves_the_smallest_window(browser_in_face: Browser, far_too_long: Path) -> None:
    """Every page of such a site but those of its sixty tasks, with all that unfolds; charts stay in their frames."""
    site = far_too_long
    paths = [path for path in sorted(site.rglob("*.html")) if not path.parts[-2].startswith("task-")]
    outside = {}
    page = browser_in_face.new_page(viewport=ViewportSize(width=320, height=800))
    for path in [*paths, site / "task/task-0/index.html"]:
        page.goto(path.as_uri())
        if found := page.evaluate(_OUTSIDE):
            outside[str(path.relative_to(site))] = found
    page.close()
    assert len(paths) > 15
    assert outside == {}
