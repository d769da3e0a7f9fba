"""The package's own names: typed, lazy, complete."""

import inspect
import subprocess
import sys
from dataclasses import fields

import pytest

import pwc_bench
from pwc_bench.api.options import RunOptions


def test_every_exported_name_is_there() -> None:
    """Whatever `__all__` names can be had, and nothing is named twice."""
    assert len(set(pwc_bench.__all__)) == len(pwc_bench.__all__)
    for name in pwc_bench.__all__:
        assert getattr(pwc_bench, name) is not None
    assert set(pwc_bench.__all__) <= set(dir(pwc_bench))


def test_the_issue_of_names_is_fixed() -> None:
    """These names are what scripts rely on."""
    assert pwc_bench.__all__ == [
        "Claim", "Dataset", "Measurement", "Metric", "Outcome", "Policy", "PwcBenchError", "Recipe", "Record",
        "Records",
        "Variant", "Verdict", "__version__", "compare", "evaluate", "load", "publish",
    ]  # fmt: skip


def test_unknown_names_are_no_attributes() -> None:
    """A name that is not exported raises as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'evaluator'"):
        _ = pwc_bench.evaluator


def test_importing_the_package_is_cheap() -> None:
    """Neither the package nor its values import what is heavy."""
    code = "import sys, pwc_bench; pwc_bench.Record, pwc_bench.Variant; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint(
        {"torch", "sqlalchemy", "numpy", "scipy", "click", "rich", "importlib.metadata"}
    )


def test_evaluate_takes_every_option_of_a_run() -> None:
    """The function and the command line offer the same options, with the same defaults."""
    parameters = inspect.signature(pwc_bench.evaluate).parameters
    for field in fields(RunOptions):
        if field.name in ("command", "metrics", "weights"):
            continue
        assert parameters[field.name].default == field.default, field.name
    assert {"metrics", "weights", "db", "folder", "observer"} <= parameters.keys()


@pytest.mark.parametrize("name", ["compare", "evaluate", "publish"])
def test_functions_document_every_argument_and_error(name: str) -> None:
    """Each parameter and the errors stand in the docstring."""
    function = getattr(pwc_bench, name)
    documentation = inspect.getdoc(function) or ""
    for parameter in inspect.signature(function).parameters:
        assert f"    {parameter}: " in documentation
    assert "Raises:" in documentation
