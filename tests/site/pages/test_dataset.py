"""The page of a data set."""

from dataclasses import replace

from pwc_bench.site.pages.dataset import DatasetPage, DatasetPages
from pwc_bench.site.pages.leaderboard import LeaderboardPages
from pwc_bench.site.pages.record import RecordPages
from tests.example_archive import example_archive
from tests.factories import make_record
from tests.site.pages.shown import bare_archive, context_of, made_by, text_of

IMAGENET = "dataset/imagenet/index.html"


def test_a_data_set_shows_expectations_boards_records_and_classes() -> None:
    """All that one needs to judge a result on it."""
    page = context_of(made_by(DatasetPages, example_archive()), IMAGENET, DatasetPage)
    facts = {fact.term: fact.text for fact in page.facts}
    assert facts["Images expected"] == "50,000; fewer make a record partial"
    assert facts["Home page"] == "https://www.image-net.org/"
    assert [line.name for line in page.classes] == ["tench"]
    assert {row.status for row in page.records.rows} == {"complete", "partial", "failed"}
    assert page.boards[0].href == "../../sota/image-classification-on-imagenet/index.html"


def test_the_demo_data_set_is_labelled_as_a_demo() -> None:
    """In the heading's notice, and with its own command."""
    page = next(page for page in made_by(DatasetPages, example_archive()) if page.path == "dataset/demo/index.html")
    text = text_of(page)
    assert "This is a demo." in text
    assert "Demo board" in text
    assert "Papers" not in text
    context = context_of(made_by(DatasetPages, bare_archive()), "dataset/demo/index.html", DatasetPage)
    assert context.run_command == "pwc-bench run --models all --data demo"


def test_a_data_set_that_we_cannot_evaluate_shows_claims_only() -> None:
    """And says so where records would stand."""
    page = next(
        page for page in made_by(DatasetPages, example_archive()) if page.path == "dataset/imagenet-a/index.html"
    )
    assert "Not measured: pwc-bench cannot evaluate this data set yet" in text_of(page)


def test_a_data_set_without_a_record_says_how_to_measure() -> None:
    """With its own key."""
    page = next(page for page in made_by(DatasetPages, bare_archive()) if page.path == IMAGENET)
    assert "pwc-bench run --models all --dataset imagenet-1k --data PATH" in text_of(page)


def test_many_records_are_cut_and_counted() -> None:
    """A page lists a hundred and says how many are older."""
    records = tuple(make_record(started=f"2026-01-01T12:{n // 60:02}:{n % 60:02}Z") for n in range(103))
    page = context_of(made_by(DatasetPages, example_archive(records)), IMAGENET, DatasetPage)
    assert len(page.records.rows) == 100
    assert page.records.more == "3"


def test_two_keys_that_make_one_address_have_a_page_each() -> None:
    """The key that is its own address keeps it, the other's carries a hash; boards and links follow."""
    records = (make_record(dataset="my.set"), make_record(dataset="my-set"))
    archive = replace(bare_archive(), all_records=records)
    shown = ((page.context, page.path) for page in made_by(DatasetPages, archive))
    paths = {context.title: path for context, path in shown if isinstance(context, DatasetPage)}
    other = paths["my.set"].removesuffix("/index.html")
    assert paths["my-set"] == "dataset/my-set/index.html"
    assert other.startswith("dataset/my-set-")
    assert len({page.path for page in made_by(LeaderboardPages, archive)}) == len(
        list(made_by(LeaderboardPages, archive))
    )
    (page,) = (page for page in made_by(RecordPages, archive) if page.path == f"record/{records[0].id}/index.html")
    assert f"../../{other}/index.html" in str(page.context)
