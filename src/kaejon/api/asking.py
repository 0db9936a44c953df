"""What a list may be asked: a misspelt filter is refused, because it would open the whole list."""

from __future__ import annotations

from ninja import Schema
from pydantic import ValidationInfo, model_validator


class Asked(Schema):
    """Query parameters of one operation; no others are accepted."""

    @model_validator(mode="after")
    def only_known_parameters(self, info: ValidationInfo) -> Asked:
        request = (info.context or {}).get("request")
        if request is not None and set(request.GET) - set(type(self).model_fields):
            raise ValueError(f"the parameters known here are: {', '.join(type(self).model_fields)}")
        return self
