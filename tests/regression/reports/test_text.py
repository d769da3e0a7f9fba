"""The report for a terminal."""

from dataclasses import replace

from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.explanation import ClassFlips, Crossing, ImageFlip, Likelihood, Mistake
from pwc_bench.regression.reports.columns import WIDTH, clipped, filled, padded, wide, wrapped
from pwc_bench.regression.reports.explanation_text import (
    class_title,
    explanation_lines,
    left_out,
    percent_text,
    probability,
)
from pwc_bench.regression.reports.markdown import explanation_block
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


def test_a_folded_diagnosis_says_the_same_in_markdown() -> None:
    """Without flips it names the images that lost most; without a common image it says so."""
    told = explanation()
    five = replace(told, depth=5, crossing=Crossing(40_270, 0, 0, 9_730), classes=(), changed_guesses=12)
    block = explanation_block(replace(five, only_in_baseline=0, relabelled=0, more_classes=0))
    assert block == (
        "\n<details><summary>Why: ConViT-S on imagenet-1k, 0 images lost, 0 gained</summary>\n\n"
        "50,000 images compared; the first guess changed on 12 (0.024 %).\n"
        "\n| | Candidate among the first 5 | Candidate wrong |\n|---|--:|--:|\n"
        "| Baseline among the first 5 | 40,270 | 0 lost |\n| Baseline wrong | 0 gained | 9,730 |\n\n"
        "Median confidence 0.87 to 0.85;\nmean negative log-likelihood 0.7512 to 0.7801 nats.\n\n"
        "No image flipped. The right class lost most likelihood in:\n\n"
        "- <code>ILSVRC2012&#95;val&#95;00000001.JPEG</code>: 0.200 to 1.400 nats\n\n</details>\n"
    )
    assert "\n\nNo image is in both predictions.\n\n</details>" in explanation_block(
        replace(told, crossing=Crossing(0, 0, 0, 0))
    )


def test_long_names_in_a_comment_are_cut() -> None:
    """A class to 80 columns, what it is taken for to 160, an image to 60."""
    flip = ImageFlip("i" * 90, "x", "y", 0.1, 0.2)
    flips = ClassFlips(
        label=0, identifier="n0", name="c" * 90, images=5, lost=1, gained=0, mistakes=(Mistake("m" * 200, 1),),
        lost_images=(flip,), gained_images=(),
    )  # fmt: skip
    (row,) = [
        line for line in explanation_block(replace(explanation(), classes=(flips,))).splitlines() if "ccc" in line
    ]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert [cell.count(letter) for cell, letter in zip((cells[0], cells[4], cells[5]), "cmi", strict=True)] == [
        79,
        159,
        59,
    ]
    title = explanation_block(replace(explanation(), title="t" * 90, dataset="d" * 90)).splitlines()[1]
    assert (title.count("t" * 59), title.count("t" * 60), title.count("d" * 59), title.count("d" * 60)) == (1, 0, 1, 0)


def test_shares_and_probabilities_have_the_digits_that_matter() -> None:
    """A tenth of a percent has one digit after the point, less has two that count; nothing is 0.0 %."""
    assert [percent_text(part, 1_000) for part in (0, 1, 5, 24, 1_000)] == [
        "0.0 %",
        "0.1 %",
        "0.5 %",
        "2.4 %",
        "100.0 %",
    ]
    assert [percent_text(part, 100_000) for part in (1, 99, 12)] == ["0.001 %", "0.099 %", "0.012 %"]
    assert percent_text(24, 10_000) == "0.2 %"
    assert (probability(None), probability(0.876)) == ("-", "0.88")


def test_each_kind_of_image_that_was_left_out_has_a_sentence() -> None:
    """One image is, two are; a kind of which there is none goes unsaid."""
    told = replace(explanation(), only_in_baseline=1, only_in_candidate=1_000, relabelled=2)
    assert list(left_out(told)) == [
        "1 image is only in the baseline's predictions and left out",
        "1,000 images are only in the candidate's predictions and left out",
        "2 images are labelled differently on the two sides and left out",
    ]
    assert list(left_out(replace(told, only_in_baseline=0, only_in_candidate=0, relabelled=0))) == []


def test_a_class_goes_by_its_name_and_its_identifier() -> None:
    """Or by the identifier alone, if there is nothing else."""
    flips = explanation().classes[0]
    titles = [class_title(replace(flips, name=name)) for name in ("tench", "", "n01440764")]
    assert titles == ["tench (n01440764)", "n01440764", "n01440764"]


def test_columns_shrink_the_widest_first_and_stop_at_their_limits() -> None:
    """Of equal ones the right one; where nothing is left to take, the table is wider than the screen."""
    assert filled([10, 10, 4], [4, 4, 4], 20) == (8, 8, 4)
    assert filled([10, 10], [4, 4], 19) == (10, 9)
    assert filled([10, 10], [9, 10], 5) == (9, 10)
    assert filled([3, 3], [1, 1], 6) == (3, 3)


def test_what_has_one_reason_is_told_once_with_all_its_metrics() -> None:
    """By title of the metrics, and by title of the variants if several lack everything."""
    pair = tuple(
        make_verdict("convit-s", METRICS[key], Outcome.INCOMPARABLE, "different recipe", 81.0, 80.0)
        for key in ("top1", "top5")
    )
    text = render(pair, context_of(pair))
    assert "incomparable  ConViT-S: Top-1 accuracy, Top-5 accuracy on imagenet-1k\n  different recipe\n" in text
    absent = tuple(
        make_verdict(name, METRICS[key], Outcome.MISSING, "the candidate has no record of it", 1.0)
        for name in ("convit-s", "convit-b")
        for key in ("gflops", "parameters")
    )
    text = render(absent, context_of(absent))
    assert "missing  ConViT-S, ConViT-B\n  the candidate has no record of it\n" in text
    assert text.count("2 metrics") == 2


def test_roles_follow_from_outcomes() -> None:
    """Better and equal are good, the same is plain, what is only shown is quiet, and so is the note on a star."""
    outcomes = {outcome: make_verdict("v", METRICS["top1"], outcome, "r", 81.0, 80.0) for outcome in Outcome}
    roles = {
        outcome: next(line.role for line in lines((verdict,), context_of((verdict,))) if line.text.startswith(outcome))
        for outcome, verdict in outcomes.items()
    }
    good, plain = (Outcome.IMPROVED, Outcome.EQUIVALENT), (Outcome.SAME,)
    assert roles == {
        outcome: Role.GOOD if outcome in good else Role.PLAIN if outcome in plain else Role.BAD for outcome in Outcome
    }
    accepted = replace(outcomes[Outcome.SAME], is_accepted=True)
    assert [line.role for line in lines((accepted,), context_of((accepted,))) if line.text == "* accepted"] == [
        Role.QUIET
    ]
    shown = replace(outcomes[Outcome.SAME], is_gated=False)
    (row,) = [line for line in lines((shown,), context_of((shown,))) if line.text.startswith("(same)")]
    assert row.role is Role.QUIET


def _same(variant: str, count: int, *, is_gated: bool = True) -> tuple[Verdict, ...]:
    """So many metrics that stayed the same."""
    metrics = [replace(METRICS["gflops"], key=f"m{number}") for number in range(count)]
    found = (make_verdict(variant, metric, Outcome.SAME, "as before", 1.0, 1.0) for metric in metrics)
    return tuple(replace(verdict, is_gated=is_gated) for verdict in found)


def test_what_is_folded_says_whose_it_is() -> None:
    """One variant by name, several by number; eight metrics are all named, of nine the last one is left out."""

    def folded(*verdicts: Verdict) -> str:
        text = " ".join(render(verdicts, context_of(verdicts)).split())
        return text[text.index("not listed") : text.index(" Exit code")]

    eight = "m0, m1, m2, m3, m4, m5, m6, m7"
    assert folded(*_same("a", 8)).startswith(f"not listed above, 8 values of a: the same ({eight}) ")
    assert folded(*_same("a", 9)).startswith(f"not listed above, 9 values of a: the same ({eight}, ...) ")
    both = folded(*_same("a", 7), *_same("b", 1, is_gated=False))
    assert "not listed above, 1 value of b: never gated, and stand in the other formats (m0)" in both
    assert "8 values of 2 variants" in folded(*_same("a", 7), *_same("b", 1))
    long = _same("a variant whose name is so long that the sentence needs a second line", 8)
    start, further = (
        line for line in lines(long, context_of(long)) if "a variant whose" in line.text or "m7" in line.text
    )
    assert (start.role, further.role, further.text[:3]) == (Role.QUIET, Role.QUIET, "  " + further.text.strip()[0])
    warned = replace(_same("c", 1)[0], warnings=("many flips",))
    text = render((*_same("a", 7), warned), context_of(()))
    assert "! many flips" in text
    assert "7 values of a:" in text


def test_lines_that_go_on_are_set_in() -> None:
    """Names of both sides below each other, notes by two; no line ends with a space; both sides are quiet."""
    context = replace(context_of(typical()), baseline="b " * 60, notes=("word " * 30,))
    found = list(lines(typical(), context))
    text = [line.text for line in found]
    assert text[0].startswith("baseline   b b")
    assert text[1].startswith("           b b")
    assert [line.role for line in found[:3]] == [Role.QUIET] * 3
    note = next(place for place, line in enumerate(text) if line.startswith("note: word word"))
    assert text[note + 1].startswith("  word word")
    assert not [line for line in text if line != line.rstrip()]
