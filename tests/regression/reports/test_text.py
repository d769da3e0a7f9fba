"""The report for a terminal."""

from dataclasses import replace

from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.explanation import Crossing, Likelihood
from pwc_bench.regression.reports.columns import WIDTH, clipped, padded, wide, wrapped
from pwc_bench.regression.reports.explanation_text import explanation_lines
from pwc_bench.regression.reports.text import Role, lines, render
from tests.example_archive import METRICS
from tests.regression.reports.examples import ECE, context_of, explanation, make_verdict, many, nasty, typical


def test_no_line_is_wider_than_a_terminal() -> None:
    """Also with names of any length, in wide characters, and with a diagnosis."""
    for verdicts in (typical(), nasty(), many(20)):
        text = render(verdicts, context_of(verdicts, explanation()))
        assert max(wide(line) for line in text.splitlines()) <= WIDTH


def test_no_character_steers_the_terminal() -> None:
    """An escape sequence in a name stays text."""
    assert not [
        character for character in render(nasty(), context_of(nasty())) if ord(character) < 32 and character != "\n"
    ]


def test_the_worst_stands_first_and_the_exit_code_last() -> None:
    """A person who reads the first row and the last line knows how it stands."""
    text = render(typical(), context_of(typical()))
    rows = text[text.index("OUTCOME") :].splitlines()
    assert rows[1].startswith("regressed")
    assert text.splitlines()[-1].endswith("Exit code 1: a regression.")


def test_many_unchanged_values_are_counted_and_not_listed() -> None:
    """A check of many variants in which one value changed shows that value."""
    text = render((*many(1), *(v for v in many(40) if v.outcome is Outcome.SAME)), context_of(many(1)))
    assert "not listed above, 41 values of 40 variants: the same (gflops)" in text
    assert text.count("gflops") == 1


def test_values_that_are_never_gated_do_not_flood_the_report() -> None:
    """Where there are many they are counted, and named by metric."""
    noise = tuple(make_verdict(f"v{i}", ECE, Outcome.REGRESSED, "rose", 1.0, 2.0) for i in range(20))
    text = render(noise, context_of(noise))
    assert "not listed above, 20 values of 20 variants: never gated, and stand in the other formats (ece)" in " ".join(
        text.split()
    )
    assert "nothing was compared; 20 not gated. Exit code 5" in " ".join(text.split())


def test_two_data_sets_are_told_apart() -> None:
    """The metric's column names the data set as soon as there are several."""
    both = tuple(
        make_verdict("convit-s", METRICS["top1"], Outcome.REGRESSED, "worse", 81.0, 80.0, dataset=dataset)
        for dataset in ("imagenet-1k", "imagenet-v2")
    )
    text = render(both, context_of(both))
    assert "top1, % on imagenet-1k" in text
    assert "top1, % on imagenet-v2" in text


def test_lines_carry_roles_for_those_who_colour_them() -> None:
    """A failing row is bad, a warning a warning, the closing words bad or good."""
    found = list(lines(typical(), context_of(typical())))
    assert {line.role for line in found} == set(Role)
    assert found[-1].role is Role.BAD
    same: tuple[Verdict, ...] = typical()[:2]
    assert list(lines(same, context_of(same)))[-1].role is Role.GOOD


def test_columns_count_as_a_terminal_does() -> None:
    """A wide character takes two columns, a combining one none; nothing is cut in the middle of one."""
    assert wide("视觉") == 4
    assert wide("e\u0301") == 1
    assert clipped("视觉变换", 6) == "视觉…"
    assert padded("ab", 5, right=True) == "   ab"
    assert wrapped("x" * 200, indent="  ") == ["  " + "x" * 78, "  " + "x" * 78, "  " + "x" * 44]
    assert wrapped("", indent="  ") == []


def test_a_diagnosis_without_flips_names_the_images_that_lost_most() -> None:
    """Line by line as a terminal shows it: long lines go on further in, and each number of guesses has its words."""
    told = explanation()
    (flip,) = told.likelihood.worst
    worst = replace(
        told,
        title="A model whose title is so long that the heading needs a second line",
        implementation="fused",
        depth=5,
        only_in_baseline=50_000,
        crossing=Crossing(40_270, 0, 0, 9_730),
        classes=(),
        changed_guesses=12,
        likelihood=Likelihood(0.7512, 0.7801, (flip,) * 4),
    )
    assert list(explanation_lines(worst)) == [
        "Why: A model whose title is so long that the heading needs a second line (fused)",
        "  on imagenet-1k, Top-1 accuracy",
        "  50,000 images compared; the first guess changed on 12 (0.024 %)",
        "  ! 50,000 images are only in the baseline's predictions and left out",
        "  ! 2 images are labelled differently on the two sides and left out",
        "                             candidate among first 5       wrong",
        "  baseline among first 5                      40,270           0  lost",
        "  baseline wrong                                   0       9,730",
        "  median confidence 0.87 -> 0.85; mean likelihood loss 0.7512 -> 0.7801 nats",
        "  no image flipped; the right class lost most likelihood in",
        *["    ILSVRC2012_val_00000001.JPEG 0.200 -> 1.400 nats"] * 3,
    ]
    none = list(explanation_lines(replace(worst, crossing=Crossing(0, 0, 0, 0), title="V", implementation=None)))
    assert none == ["Why: V on imagenet-1k, Top-1 accuracy", "  no image is in both predictions"]
