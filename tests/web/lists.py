"""Steps of a list taken through the pages, as a person would."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kaejon.apps.access.models import User
from kaejon.apps.jobs.actions import run_one
from kaejon.apps.sources.models import ImportBatch, Source
from tests.cast import sign_in


def signed_in(user: User) -> Client:
    return sign_in(Client(), user)


def send(
    client: Client, source: Source, content: bytes, *, name: str = "list.csv", **more: Any
) -> Any:
    """Post the upload form."""
    fields = {"source": source.code, "year_be": "2566", "round_number": "1", "sheet": ""}
    file = SimpleUploadedFile(name, content)
    return client.post("/lists/upload/", fields | more | {"file": file})


def newest() -> ImportBatch:
    return ImportBatch.objects.latest("pk")


def address(batch: ImportBatch, step: str = "") -> str:
    return f"/lists/{batch.public_id}/{step}"


def columns_form(client: Client, batch: ImportBatch, **changes: str) -> dict[str, str]:
    """The mapping form as it stands, with some answers changed."""
    context = client.get(address(batch, "columns/")).context
    form = {"seen": context["seen"], "step": "check"}
    for column in context["columns"] + [c for s in context["sets"] for c in s.columns]:
        form[f"c{column.index}"] = column.target
    for constant in context["constants"]:
        form[f"k_{constant['name']}"] = constant["value"]
    return form | changes


def check_rows(client: Client, batch: ImportBatch, **changes: str) -> ImportBatch:
    """Save the mapping as it stands and let the worker check the rows."""
    answer = client.post(address(batch, "columns/"), columns_form(client, batch, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return after_work(batch)


def step(client: Client, batch: ImportBatch, name: str) -> ImportBatch:
    assert client.post(address(batch, f"{name}/")).status_code == 302
    return after_work(batch)


def after_work(batch: ImportBatch) -> ImportBatch:
    while run_one("test-worker"):
        pass
    batch.refresh_from_db()
    return batch


def text_of(answer: Any) -> str:
    return answer.content.decode()
