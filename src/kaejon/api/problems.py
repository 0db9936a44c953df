"""Every error as a problem document (RFC 9457), without any personal data."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from kaejon.api.paging import UnknownPlace
from kaejon.methods.errors import KaejonError

log = logging.getLogger("kaejon.api")

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be carried out",
    401: "A valid key is needed",
    404: "There is no such thing, or it lies outside what this key may see",
    405: "This address is only read with GET",
    422: "The request is not understood",
    429: "Too many requests",
    500: "Something went wrong here",
}


class FieldProblem(Schema):
    """One field of the request that is not understood."""

    field: str
    message: str


class Problem(Schema):
    """RFC 9457 problem details. `code` is stable; `remedy` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    remedy: str = ""
    errors: list[FieldProblem] = []


def problem(
    status: int,
    code: str,
    *,
    detail: str = "",
    remedy: str = "",
    errors: list[FieldProblem] | None = None,
) -> JsonResponse:
    body = Problem(
        type=f"urn:kaejon:problem:{code}",
        title=TITLES[status],
        status=status,
        code=code,
        detail=detail,
        remedy=remedy,
        errors=errors or [],
    )
    return JsonResponse(body.dict(), status=status, content_type=MEDIA_TYPE)


def field_problems(error: ValidationError) -> list[FieldProblem]:
    """Field and message of each objection, without the value that was sent."""
    return [
        FieldProblem(
            field=".".join(str(part) for part in found["loc"] if part != "query"),
            message=found["msg"],
        )
        for found in error.errors
    ]


def register(api: NinjaAPI) -> None:
    """Make the API answer every refusal with a problem document."""

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(404, "not_found")

    @api.exception_handler(AuthenticationError)
    def unauthenticated(request: HttpRequest, error: Any) -> HttpResponse:
        answer = problem(
            401,
            "no_valid_key",
            remedy="Send the header 'Authorization: Bearer KEY'; make a key on your account page.",
        )
        answer.headers["WWW-Authenticate"] = 'Bearer realm="kaejon"'
        return answer

    @api.exception_handler(ValidationError)
    def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, "not_understood", errors=field_problems(error))

    @api.exception_handler(Throttled)
    def too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
        answer = problem(429, "too_many_requests", remedy="Wait the seconds named in Retry-After.")
        answer.headers["Retry-After"] = str(error.wait or 1)
        return answer

    @api.exception_handler(KaejonError)
    def refused(request: HttpRequest, error: KaejonError) -> HttpResponse:
        return problem(400, error.code, detail=error.message, remedy=error.remedy)

    @api.exception_handler(UnknownPlace)
    def no_such_place(request: HttpRequest, error: UnknownPlace) -> HttpResponse:
        return problem(404, error.code, detail=error.message, remedy=error.remedy)

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("request failed", exc_info=error)
        return problem(
            500,
            "internal",
            remedy="Tell the people who run this installation the X-Request-Id of the answer.",
        )

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        status = error.status_code if error.status_code in TITLES else 400
        return problem(status, f"http_{error.status_code}")
