"""One way to ask: a page with a form, an action behind it, and the refusal in words beside the form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.methods.errors import KaejonError
from kaejon.methods.thai.buddhist_era import read_date
from kaejon.web.forms import Form
from kaejon.web.middleware import sentence
from kaejon.web.templatetags.kaejon_ui import be_date

FormType = TypeVar("FormType", bound=forms.Form)
# Dates to come are read as well: the reader only knows dates up to "today".
FARTHEST_YEARS = 40


class ThaiDateField(forms.DateField):
    """A day typed as 21/11/2569, 21 พ.ย. 2569 or 2026-11-21."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("day/month/year, for example 21/11/2569"))
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return be_date(value, "numeric") if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        today = timezone.localdate()
        found = read_date(str(value), today=today.replace(year=today.year + FARTHEST_YEARS, day=1))
        if found.date is None or not names_a_day(found.precision, str(value)):
            raise ValidationError(
                _("Write a day, month and year, for example 21/11/2569."), code="invalid"
            )
        return found.date


def names_a_day(precision: str | None, text: str) -> bool:
    """True for a whole day, also for 1 January, which lists use when only the year is known."""
    numbers = [int(found) for found in re.findall(r"\d+", text)]
    return precision == "day" or (precision == "year" and len(numbers) > 1 and all(numbers))


class ReasonForm(Form):
    """Why it is done; it stands in the history."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("One sentence. It stands in the history.")
    )


@dataclass(frozen=True)
class Question:
    """What a form page says around its form."""

    title: Any
    submit: Any
    back: str
    lead: Any = ""
    danger: bool = False
    template: str = "people/ask.html"


def ask(
    request: HttpRequest,
    question: Question,
    form: FormType,
    act: Callable[[FormType], HttpResponse],
    **context: Any,
) -> HttpResponse:
    """Show the form, or act on it; a refusal comes back as the form with the reason (422)."""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form)
        except KaejonError as error:
            form.add_error(None, sentence(error))
        except ValidationError as error:
            put_back(form, error)
    status = 422 if form.is_bound else 200
    return render(
        request, question.template, {"question": question, "form": form, **context}, status=status
    )


def put_back(form: forms.Form, error: ValidationError) -> None:
    """Errors of the model beside the fields they belong to, others above the form."""
    named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in named.items():
        form.add_error(name if name in form.fields else None, ErrorList(messages))


def shape(form_class: type[FormType], request: HttpRequest, **kwargs: Any) -> FormType:
    """The form, bound when something was sent."""
    sent = request.method == "POST"
    return form_class(request.POST if sent else None, request.FILES if sent else None, **kwargs)
