"""What every form of the pages keeps to: no national ID in a text."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from kaejon.methods.thai import national_id

NUMBER_IN_TEXT = _(
    "This text holds a national ID number. Write the name instead, or only the last four digits: "
    "whoever may read the text could read the number."
)


class Form(forms.Form):
    """A form whose texts may hold no national ID, but for the fields it names in `takes_numbers`."""

    takes_numbers: ClassVar[frozenset[str]] = frozenset()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name, value in list(self.cleaned_data.items()):
            if (
                isinstance(value, str)
                and self.refuses_numbers(name)
                and national_id.stands_in(value)
            ):
                self.add_error(name, NUMBER_IN_TEXT)

    def refuses_numbers(self, name: str) -> bool:
        """Whether this field is a text somebody types and others read."""
        field = self.fields.get(name)
        secret = field is not None and getattr(field.widget, "input_type", "") == "password"
        return isinstance(field, forms.CharField) and not secret and name not in self.takes_numbers
