"""Version 1 of the API: what it is called, who may use it, what its description says."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from kaejon.api import problems
from kaejon.api.access import BearerKey, PerMinute
from kaejon.api.areas import router as areas
from kaejon.api.households import router as households
from kaejon.api.lists import router as lists
from kaejon.api.measurements import router as measurements
from kaejon.api.runs import router as runs

DESCRIPTION = (
    "Reads areas, households, measurements and which lists name whom within the scope of the person whose key is used. "
    "National IDs are masked. Every look at a household is recorded. "
    "Errors are problem documents (RFC 9457)."
)
POSSIBLE_PROBLEMS = (400, 401, 404, 422, 429)


class Version1(NinjaAPI):
    """Adds to the description that every operation may answer with a problem document."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"] |= problem_schemas()
        content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"] |= {
                    status: {"description": problems.TITLES[status], "content": content}
                    for status in POSSIBLE_PROBLEMS
                }
        return schema


def problem_schemas() -> dict[str, Any]:
    described = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    inner = described.pop("$defs")
    return {"Problem": described, **inner}


api = Version1(
    title="kaejon",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
    auth=BearerKey(),
    throttle=[PerMinute()],
)
problems.register(api)
api.add_router("/areas", areas)
api.add_router("/households", households)
api.add_router("/measurements", measurements)
api.add_router("/measurements", runs)
api.add_router("/lists", lists)


def no_such_address(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/."""
    return problems.problem(
        404, "not_found", remedy=f"See {settings.SITE_URL}/api/v1/openapi.json."
    )
