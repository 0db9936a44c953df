"""No form of the pages takes a national ID in a text."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django import forms

import kaejon.web
from kaejon.methods.thai import national_id
from kaejon.web.forms import NUMBER_IN_TEXT, Form

NUMBER = national_id.generate("110170023070")
# Forms that take numbers, field by field, with the reason.
TAKES_NUMBERS = {("SearchForm", "text"): "a search by national ID; not shown to anybody else"}
# Built by libraries: sign-in and its second step, where a text is a secret or a code.
OF_LIBRARIES = ("allauth", "django.contrib")


def form_classes() -> list[type[forms.BaseForm]]:
    for module in pkgutil.walk_packages(kaejon.web.__path__, "kaejon.web."):
        importlib.import_module(module.name)

    def below(parent: type) -> set[type]:
        return {c for child in parent.__subclasses__() for c in {child, *below(child)}}

    ours = [c for c in below(forms.BaseForm) if c.__module__.startswith("kaejon.web")]
    return sorted(ours, key=lambda c: (c.__module__, c.__qualname__))


def texts() -> list[tuple[type[forms.BaseForm], str]]:
    return [
        (form, name)
        for form in form_classes()
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField and (field.max_length or 99) >= national_id.LENGTH
    ]


def test_every_form_is_one_that_looks_at_its_texts() -> None:
    libraries = {
        form
        for form in form_classes()
        if any(base.__module__.startswith(OF_LIBRARIES) for base in form.__mro__)
    }
    assert {f for f in form_classes() if not issubclass(f, Form)} <= libraries
    assert len(texts()) > 40


@pytest.mark.parametrize(("form", "name"), texts())
def test_a_text_with_a_number_is_refused_beside_its_field(
    form: type[forms.BaseForm], name: str
) -> None:
    if not issubclass(form, Form):
        pytest.skip("of a library")
    field = form.base_fields[name]
    one = type("One", (Form,), {name: field, "takes_numbers": form.takes_numbers})
    filled = one({name: NUMBER})
    taken = (form.__name__, name) in TAKES_NUMBERS or isinstance(field.widget, forms.PasswordInput)
    assert (str(NUMBER_IN_TEXT) in str(filled.errors.get(name, ""))) is not taken
