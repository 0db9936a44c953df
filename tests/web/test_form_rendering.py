"""Choice boxes and small parts look as Django would draw them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from kaejon.apps.areas.models import Area
from kaejon.web.form_rendering import Renderer


class Choices(forms.Form):
    plain = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("any")),
            ("<a>", 'quoted "&"'),
            (3, 4),
            ("s", mark_safe("<b>b</b>")),
        ]
    )
    groups = forms.ChoiceField(
        choices=[("One & two", [("1", "one"), ("2", "two")]), ("3", "three")],
        widget=forms.Select(attrs={"class": "x", "data-y": True, "disabled": False}),
    )
    several = forms.MultipleChoiceField(choices=[("1", "one"), ("2", "two")])


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", ["plain", "groups", "several"])
def test_a_choice_box_is_as_django_writes_it_but_for_empty_lines(name: str, language: str) -> None:
    given: Any = {"plain": "<a>", "groups": "2", "several": ["1", "2"]}
    with override(language):
        ours = str(Choices(given, renderer=Renderer())[name])
        theirs = str(Choices(given, renderer=DjangoTemplates())[name])
    assert ours == theirs.replace("\n\n", "\n")
    assert "selected" in ours


def test_a_row_of_dashes_is_said_in_words() -> None:
    class Chosen(forms.Form):
        area = forms.ModelChoiceField(Area.objects.none())

    with override("th"):
        shown = str(Chosen(renderer=Renderer())["area"])
    assert "เลือก…" in shown
    assert "---" not in shown


def test_a_kept_part_says_the_words_of_its_language_and_escapes_them() -> None:
    shown = Template('{% load kaejon_ui %}{% part "components/mark.html" kind="ok" label=label %}')
    for label in ("<script>", gettext_lazy("Place")):
        for language in ("th", "en", "th"):
            with override(language):
                kept = shown.render(Context({"label": label}))
                included = Template(
                    '{% include "components/mark.html" with kind="ok" label=label only %}'
                ).render(Context({"label": label}))
            assert kept == included
