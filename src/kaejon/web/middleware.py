"""What happens around every page: language, request id and log line, session limits, browser memory, refusals."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from kaejon.apps.access.once import asking
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.sessions import LAST_SEEN
from kaejon.apps.audit.actions import during
from kaejon.methods.errors import KaejonError
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.web.looks import write_looks

log = logging.getLogger("kaejon.web")
Respond = Callable[[HttpRequest], HttpResponse]
# The pages ask for the place of a house when the person presses the button, and for nothing else.
PERMISSIONS_POLICY = (
    ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "autoplay",
            "bluetooth",
            "camera",
            "display-capture",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    )
    + ", geolocation=(self)"
)


class DefaultThaiMiddleware:
    """Thai unless the person chose otherwise: a browser's own language says nothing about an office."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response


class RequestLogMiddleware:
    """One log line a request: route name, never the address, which may hold a name or an id."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = uuid.uuid4().hex[:16]
        started = time.perf_counter()
        with during(identifier, address=request.META.get("REMOTE_ADDR", "")):
            response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "request_id": identifier,
                "method": request.method,
                "route": match.view_name if match else "",
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                "user": getattr(request.user, "public_id", "") if hasattr(request, "user") else "",
            },
        )
        response.headers["X-Request-Id"] = identifier
        return response


class SessionLimitMiddleware:
    """Sign out a session that stood idle, and an account that has expired.

    The session's own last hour stands in its row, and a disabled account has no sessions.
    What a page asks by itself (the progress of a job) is no sign that somebody sits there.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            last = request.session.get(LAST_SEEN, now)
            if now - last > settings.SESSION_IDLE_SECONDS or request.user.is_expired():
                logout(request)
                return redirect(settings.LOGIN_URL)
            asked_by_page = request.path.endswith("/progress/")
            if LAST_SEEN not in request.session or (now - last > 60 and not asked_by_page):
                request.session[LAST_SEEN] = now
        return self.get_response(request)


class BrowserMemoryMiddleware:
    """What a signed-in person saw is not kept by the browser: Back after signing out shows nothing.

    Signing out also empties the browser's cache, never its storage: the field page keeps
    unsent forms there.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        still = request.user.is_authenticated
        if signed_in or still:
            response.headers["Cache-Control"] = "no-store"
        if signed_in and not still:
            response.headers["Clear-Site-Data"] = '"cache"'
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response


class LookMiddleware:
    """What an answer shows of families is written down before it leaves, or it does not leave."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        write_looks(request, response)
        return response


class MadeOnceMiddleware:
    """The same form sent again, by a weak line or a second tap, makes nothing a second time.

    Every rendering of a form bears another token, so a form that is opened anew and filled in
    alike is another asking.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return self.get_response(request)
        with asking(lambda: form_sent(request)):
            return self.get_response(request)


def form_sent(request: HttpRequest) -> str:
    """What is equal for a form that is sent again; empty where the form bears no token."""
    if not request.POST.get("csrfmiddlewaretoken"):
        return ""
    files = {
        name: [(sent.name, sent.size) for sent in request.FILES.getlist(name)]
        for name in request.FILES
    }
    return json.dumps([request.get_full_path(), dict(request.POST.lists()), files], sort_keys=True)


class RefusalMiddleware:
    """A refusal that the person can mend becomes a page that says how."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Who signs in again after pressing a button is led to its address, which shows no page.
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotPermitted) and not request.path.startswith("/api/"):
            return render(request, "404.html", status=404)
        if isinstance(error, KaejonError) and not request.path.startswith("/api/"):
            return render(request, "400.html", {"refusal": in_words(error)}, status=400)
        return None


def in_words(error: KaejonError) -> tuple[str, str]:
    """What went wrong and what to do, in the language of the page."""
    if isinstance(error, ListFileError):
        return error.in_language(translation.get_language() or "th")
    return translation.gettext(error.message), translation.gettext(error.remedy or " ").strip()


def sentence(error: KaejonError) -> str:
    """What went wrong and what to do, as one text for a form or a message."""
    return " ".join(part for part in in_words(error) if part)
