"""What is said while a run works: a live line at a terminal, warnings only elsewhere."""

from io import StringIO

from rich.console import Console

from pwc_bench.cli.console import LiveObserver, QuietObserver, observing


def terminal(stream: StringIO, width: int = 80) -> Console:
    """A terminal of `width` columns that writes into `stream`."""
    return Console(file=stream, force_terminal=True, width=width, color_system=None, legacy_windows=False)


def test_a_pipe_hears_warnings_only() -> None:
    """Without a terminal, stages and progress are silent."""
    stream = StringIO()
    with observing(stream) as observer:
        assert isinstance(observer, QuietObserver)
        observer.stage("counting")
        observer.progress(1, 2, "images")
        observer.warning("two\nlines")
    assert stream.getvalue() == "warning: two lines\n"


def test_a_terminal_sees_stages_progress_and_speed() -> None:
    """The live line names the stage, then the count, the speed and the time left."""
    stream = StringIO()
    with LiveObserver(terminal(stream)) as observer:
        observer.stage("ConViT-Ti: counting operators")
        observer.progress(0, 50_000, "images")
        observer.warning("a [bold]name[/bold]")
        observer.progress(50_000, 50_000, "images")
    shown = stream.getvalue()
    assert "ConViT-Ti: counting operators" in shown
    assert "50,000/50,000 images" in shown
    assert "warning: a [bold]name[/bold]\n" in shown


def test_the_live_line_fits_the_terminal() -> None:
    """A long stage is shortened: no drawing of the line is wider than the terminal."""
    stream = StringIO()
    with LiveObserver(terminal(stream)) as observer:
        observer.stage("evaluating " + ", ".join(f"ConViT-{number}" for number in range(40)))
        for done in range(0, 50_001, 10_000):
            observer.progress(done, 50_000, "images")
    import re

    drawn = re.split(r"[\r\n]", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()))
    assert max(map(len, drawn)) <= 80
    assert any("…" in line for line in drawn)


def test_a_new_stage_forgets_the_count() -> None:
    """A stage that counts nothing shows no count of the stage before it."""
    stream = StringIO()
    with LiveObserver(terminal(stream)) as observer:
        observer.stage("first")
        observer.progress(2, 2, "rounds")
        stream.truncate(0)
        observer.stage("second")
        after = stream.getvalue()
    assert "second" in after
    assert "rounds" not in after
