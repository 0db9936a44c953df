"""Bring in a file: whose list it is, and the file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.sources import actions
from kaejon.apps.sources.queries import same_file, sources_to_upload
from kaejon.methods.listfiles import messages as sentences
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.door import language
from kaejon.web.lists.forms import UploadForm


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.IMPORT_LISTS)
def batch_upload(request: HttpRequest) -> HttpResponse:
    """The file is read in pieces, kept sealed, and looked into; its columns are matched on the next page."""
    user = actor_of(request)
    form = UploadForm(
        request.POST or None, request.FILES or None, initial=initial(request), actor=user
    )
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        try:
            batch = actions.upload_list(
                chunks=held["file"].chunks(),
                file_name=held["file"].name,
                source=held["source"],
                year_be=held["year_be"],
                round_number=held["round_number"],
                sheet=held["sheet"].strip(),
                by=user,
            )
        except ListFileError as error:
            form.add_error("sheet" if error.code == "NO_SUCH_SHEET" else "file", in_words(error))
        else:
            if earlier := same_file(batch, user):
                told = _(
                    "This is the same file as “%(name)s” brought in before. Bringing it in again changes nothing."
                )
                messages.warning(request, told % {"name": earlier.file_name})
            return redirect("batch_mapping", batch.public_id)
    context = {
        "form": form,
        "has_sources": sources_to_upload(user).exists(),
        "may_manage": may(user, Permission.MANAGE_SOURCES),
    }
    return render(request, "lists/batch_upload.html", context, status=422 if form.errors else 200)


def initial(request: HttpRequest) -> dict[str, str]:
    """The source a link named, so that it is chosen already."""
    return {"source": request.GET.get("source", "")}


def in_words(error: ListFileError) -> str:
    """Row, column, what is wrong and what to do, in the language of the page."""
    return sentences.explain(
        error.code, language(), row=error.row, column=error.column or "", **texts(error)
    )


def texts(error: ListFileError) -> dict[str, str]:
    return {name: str(value) for name, value in error.params.items() if name != "column"}
