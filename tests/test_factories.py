"""Every table has a factory that needs no arguments; a new table fails here until it has one."""

from __future__ import annotations

import pytest
from django.db import models

from tests.factories import all_models, make


@pytest.mark.django_db
@pytest.mark.parametrize("model", all_models(), ids=lambda model: model._meta.label)
def test_every_table_can_be_given_a_row(model: type[models.Model]) -> None:
    row = make(model)
    kept = model._base_manager.get(pk=row.pk)
    assert kept == row
