"""Keys that differ in punctuation only have pages of their own, and every link leads to the right one."""

import re
from dataclasses import replace
from pathlib import Path

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.site.build import publish
from tests.example_archive import example_archive
from tests.factories import make_claim, make_record

TITLES = {"my.model": "First One", "my-model": "Second One", "my model": "Third One"}


def test_variants_of_one_address_are_linked_each_to_its_own_page(tmp_path: Path) -> None:
    """On the home page, the board, the paper and the records; a page's heading says whose it is."""
    example = example_archive()
    records = [
        replace(make_record(key, each), title=title) for key, title in TITLES.items() for each in (None, "imagenet-1k")
    ]
    claims = [
        replace(make_claim(title, "top1", str(81 + place / 10), "%"), variant=key)
        for place, (key, title) in enumerate(TITLES.items())
    ]
    archive = MemoryArchive(
        Catalogue({}, example.catalogue.datasets, example.catalogue.metrics),
        all_papers=example.all_papers,
        all_tasks=example.all_tasks,
        all_records=tuple(records),
        all_claims=tuple(claims),
    )
    publish(archive, tmp_path)
    led: dict[str, set[Path]] = {title: set() for title in TITLES.values()}
    for page in tmp_path.rglob("*.html"):
        for target, text in re.findall(r'<a [^>]*?href="([^"]*model/[^"]*)"[^>]*>([^<]*)<', page.read_text()):
            if text.strip() in led:
                led[text.strip()].add((page.parent / target).resolve())
    for title, targets in led.items():
        (target,) = targets
        assert f">{title}</h1>" in target.read_text()
