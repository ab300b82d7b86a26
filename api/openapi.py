"""The OpenAPI document: what it says beyond what each route says of itself."""

from importlib import resources
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from api.errors import Problem, problems
from api.requests import JobRequest

TAGS: dict[str, str] = {
    "jobs": "Crawls: asked for, watched, stopped.",
    "domains": "Companies' sites: in, listed, curated, out.",
    "contacts": "Emails, phones and profiles that were found.",
    "sitemaps": "Sitemaps that were found or submitted, and their import.",
    "pages": "What sitemaps list, and which of it is chosen.",
    "exports": "Rows as CSV, JSON lines or Parquet.",
    "schedules": "Crawls that are started again and again.",
    "services": "The four services that work on what waits.",
    "workflows": "Calls by the database's own cron.",
    "spiders": "What there is to crawl with.",
    "nodes": "Where workers run.",
    "health": "Whether the API lives, and all that it needs.",
    "metrics": "Numbers for Prometheus.",
}
"""The registry: a route has exactly one of these."""

_EXAMPLES = resources.files("api").joinpath("examples.json")
"""By the names of schemas. A test holds each against its schema."""
LISTS: dict[str, Any] = {
    "DomainLines": {"type": "string", "description": "One domain a line."},
    "DomainCsv": {"type": "string", "description": "CSV with a column domain, website or url."},
    "DomainFile": {"type": "string", "format": "binary", "description": "The same, or gzip of it."},
}
"""Bodies that are no JSON."""
_VERBS = {"listed": "list", "shown": "get"}
"""Functions' names that say what they return, and not what one does."""

DESCRIPTION = """
Takes domains, gives back rows in PostgreSQL: what each site is, and how to reach its owner.

What is done at once is `{"status": "success", "data": …}`; a list has `next` as well. Work that is
started is `202` with `job_id`, `status` and `status_url`. An error is `{"detail": "a sentence"}`:
each route names the statuses that it can give. A `500` is a fault of ours, and the log has more.
"""


def operation_id(route: APIRoute) -> str:
    """`jobs_list`: the tag, and the verb. Clients are generated from it, so it stays as it is.

    Raises:
        ValueError: the route has not exactly one tag of the registry.
    """
    tags = [str(tag) for tag in route.tags]
    if len(tags) != 1 or tags[0] not in TAGS:
        raise ValueError(f"{route.path}: one tag of api.openapi.TAGS is wanted, not {tags}.")
    return f"{tags[0]}_{_VERBS.get(route.name, route.name)}"


def install(app: FastAPI) -> None:
    """Makes the app describe itself in this way."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]  # the way that FastAPI documents


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary="Lists of domains in, rows about companies out.",
        description=DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )
    _define(document, JobRequest, Problem)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _complete(path, operation)
    schemas = document["components"]["schemas"]
    schemas |= LISTS
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, example in orjson.loads(_EXAMPLES.read_bytes()).items():
        schemas[name]["examples"] = [example]
    return document


def _define(document: dict[str, Any], *models: Any) -> None:
    """Adds models that are read by hand, so that FastAPI does not know of them."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    document["components"]["schemas"] |= schemas["$defs"]


def _complete(path: str, operation: dict[str, Any]) -> None:
    """The errors that follow from what a route takes; the others stand at the route."""
    operation["summary"] = operation["description"].partition("\n")[0].rstrip(".")
    responses = operation["responses"]
    if "security" in operation:
        _add(responses, 401, 503)
    if "_id}" in path:
        _add(responses, 404)
    if operation.get("parameters") or "requestBody" in operation:
        responses.pop("422", None)  # FastAPI's own form
        _add(responses, 422)
    operation["responses"] = dict(sorted(responses.items()))


def _add(responses: dict[str, Any], *statuses: int) -> None:
    for status, problem in problems(*statuses).items():
        responses.setdefault(str(status), problem)
