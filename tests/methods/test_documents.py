"""Documents people send: read when honest, refused in a sentence when made to hurt."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kaejon.methods.alkire_foster.spec import parse_spec
from kaejon.methods.documents import DocumentError, exact_number, read_json, read_toml
from kaejon.methods.errors import UsageError


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 200 + "]" * 200,
        '{"a":' * 60 + "1" + "}" * 60,
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": [1e400]}',
        '{"a": ' + "9" * 5_000 + "}",
        "{",
        "",
    ],
)
def test_json_made_to_hurt_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 60 + "]" * 60,
        ".".join("a" * 200_000) + " = 1",
        "[" + ".".join("a" * 200_000) + "]",
        "x = {" + ".".join("a" * 200_000) + " = 1}",
        "a = 1e400",
        "a = nan",
        "a =",
    ],
)
def test_toml_made_to_hurt_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read_toml(text)


def test_a_text_longer_than_allowed_is_refused() -> None:
    assert read_json('["aaaa"]', largest=8) == ["aaaa"]
    with pytest.raises(DocumentError, match="longer than 7"):
        read_json('["aaaa"]', largest=7)


def test_honest_documents_are_read() -> None:
    assert read_json('{"a": [1, 2.5, {"b": null}]}') == {"a": [1, 2.5, {"b": None}]}
    assert read_toml('a.b = "x … y ...... z"\n[[c]]\nd = 0.5\n')["c"] == [{"d": 0.5}]


@pytest.mark.parametrize(
    "value", ["1e8000000", "1e-8000000", "9" * 200, "1/" + "9" * 200, True, None]
)
def test_a_number_of_no_honest_size_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"digits|not a number"):
        exact_number(value)


def test_honest_numbers_are_exact() -> None:
    assert exact_number("1/3") == Fraction(1, 3)
    assert exact_number(" 2.5e-1 ") == exact_number(0.25) == Fraction(1, 4)


@pytest.mark.parametrize("weight", ["1e8000000", "9e50000000", "1e-50000000"])
def test_a_giant_weight_of_a_measure_is_refused(weight: str) -> None:
    spec = {"indicators": [{"column": "a", "cutoff": 1, "weight": weight}], "k": 0.5}
    with pytest.raises(UsageError) as refused:
        parse_spec(spec)
    assert refused.value.code == "not_a_fraction"
    assert len(str(refused.value)) < 200
