"""The OpenAPI document: complete, stable, and true to its own examples."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from support import ROOT

from api import errors, openapi
from api.app import create_app
from scrapersky.config import get_config

OPERATIONS = {
    "contacts_delete": "DELETE /api/v3/contacts/{contact_id}",
    "contacts_get": "GET /api/v3/contacts/{contact_id}",
    "contacts_list": "GET /api/v3/contacts",
    "domains_add": "POST /api/v3/domains",
    "domains_change": "PATCH /api/v3/domains/{domain_id}",
    "domains_change_many": "PATCH /api/v3/domains",
    "domains_delete": "DELETE /api/v3/domains/{domain_id}",
    "domains_delete_many": "POST /api/v3/domains/delete",
    "domains_get": "GET /api/v3/domains/{domain_id}",
    "domains_import_list": "POST /api/v3/domains/import",
    "domains_list": "GET /api/v3/domains",
    "exports_contacts": "GET /api/v3/export/contacts",
    "exports_domains": "GET /api/v3/export/domains",
    "exports_jobs": "GET /api/v3/export/jobs",
    "exports_pages": "GET /api/v3/export/pages",
    "health_live": "GET /health",
    "health_ready": "GET /health/ready",
    "jobs_cancel": "POST /api/v3/jobs/{job_id}/cancel",
    "jobs_events": "GET /api/v3/jobs/{job_id}/events",
    "jobs_get": "GET /api/v3/jobs/{job_id}",
    "jobs_list": "GET /api/v3/jobs",
    "jobs_log": "GET /api/v3/jobs/{job_id}/log",
    "jobs_pause": "POST /api/v3/jobs/{job_id}/pause",
    "jobs_resume": "POST /api/v3/jobs/{job_id}/resume",
    "jobs_retry": "POST /api/v3/jobs/{job_id}/retry",
    "jobs_status": "GET /api/v3/status/{job_id}",
    "jobs_submit": "POST /api/v3/jobs",
    "jobs_targets": "GET /api/v3/jobs/{job_id}/targets",
    "metrics_get": "GET /metrics",
    "nodes_list": "GET /api/v3/nodes",
    "pages_change": "PATCH /api/v3/pages/{page_id}",
    "pages_change_many": "PATCH /api/v3/pages",
    "pages_delete": "DELETE /api/v3/pages/{page_id}",
    "pages_delete_many": "POST /api/v3/pages/delete",
    "pages_get": "GET /api/v3/pages/{page_id}",
    "pages_list": "GET /api/v3/pages",
    "pages_select": "POST /api/v3/pages/select",
    "schedules_change": "PATCH /api/v3/schedules/{schedule_id}",
    "schedules_create": "POST /api/v3/schedules",
    "schedules_firings": "GET /api/v3/schedules/{schedule_id}/firings",
    "schedules_get": "GET /api/v3/schedules/{schedule_id}",
    "schedules_list": "GET /api/v3/schedules",
    "schedules_remove": "DELETE /api/v3/schedules/{schedule_id}",
    "schedules_run": "POST /api/v3/schedules/{schedule_id}/run",
    "services_change": "PATCH /api/v3/services/{name}",
    "services_firings": "GET /api/v3/services/{name}/firings",
    "services_get": "GET /api/v3/services/{name}",
    "services_list": "GET /api/v3/services",
    "services_run": "POST /api/v3/services/{name}/run",
    "sitemaps_change": "PATCH /api/v3/sitemaps/{sitemap_id}",
    "sitemaps_change_many": "PATCH /api/v3/sitemaps",
    "sitemaps_delete": "DELETE /api/v3/sitemaps/{sitemap_id}",
    "sitemaps_delete_many": "POST /api/v3/sitemaps/delete",
    "sitemaps_get": "GET /api/v3/sitemaps/{sitemap_id}",
    "sitemaps_list": "GET /api/v3/sitemaps",
    "sitemaps_submit": "POST /api/v3/sitemaps",
    "spiders_list": "GET /api/v3/spiders",
    "workflows_cron_process": "POST /api/v3/workflows/{workflow}/cron-process",
}
"""Generated clients have these names: what is renamed here breaks them."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRAPERSKY_HOME", str(tmp_path_factory.mktemp("home")))
        get_config.cache_clear()
        yield create_app()
    get_config.cache_clear()


@pytest.fixture(scope="module")
def document(app: Any) -> dict[str, Any]:
    made: dict[str, Any] = app.openapi()
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_operation_ids_stay(document: dict[str, Any]) -> None:
    found = {
        operation["operationId"]: f"{method} {path}"
        for method, path, operation in operations(document)
    }
    assert found == OPERATIONS


def test_tags_are_of_the_registry(document: dict[str, Any]) -> None:
    used = [operation["tags"] for _, _, operation in operations(document)]
    assert {len(tags) for tags in used} == {1}
    assert {tag for [tag] in used} == set(openapi.TAGS)
    assert document["tags"] == [
        {"name": name, "description": text} for name, text in openapi.TAGS.items()
    ]


@pytest.mark.parametrize("tags", [[], ["moon"], ["jobs", "nodes"]])
def test_a_route_with_other_tags_is_refused(tags: list[str]) -> None:
    router = APIRouter(generate_unique_id_function=openapi.operation_id)
    with pytest.raises(ValueError, match="one tag of"):
        router.get("/moon", tags=list(tags))(lambda: None)


def test_each_operation_says_what_it_does(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["description"], where
        good = [status for status in operation["responses"] if status < "300"]
        assert good, where
        for status, response in operation["responses"].items():
            assert response["description"], where
            for kind, content in response.get("content", {}).items():
                schema = content.get("schema") or content["itemSchema"]
                assert schema, f"{where} {status} {kind}"


def test_errors_have_one_form(document: dict[str, Any]) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status < "400" or path == "/health/ready":
                continue
            content = response["content"]["application/json"]
            assert content["schema"] == problem, f"{method} {path} {status}"
            assert set(content["example"]) == {"detail"}
            assert int(status) in errors.MEANINGS


def test_every_status_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    told = re.findall(r"^\| (\d{3}) \|", text, flags=re.MULTILINE)
    assert [int(status) for status in told] == list(errors.MEANINGS)


def test_what_follows_from_a_route_is_documented(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        statuses, where = set(operation["responses"]), f"{method} {path}"
        assert ({"401", "503"} <= statuses) == ("security" in operation), where
        assert ("404" in statuses) == ("_id}" in path), where
        takes = bool(operation.get("parameters")) or "requestBody" in operation
        assert ("422" in statuses) == takes, where
    open_ones = {path for _, path, operation in operations(document) if "security" not in operation}
    assert open_ones == {"/health", "/health/ready"}


def test_answers_have_types(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert not {"Success", "Page", "HTTPValidationError", "ValidationError"} & set(schemas)
    for method, path, operation in operations(document):
        for status in operation["responses"].keys() & {"200", "201", "202"}:
            json = operation["responses"][status]["content"].get("application/json")
            assert json is None or "$ref" in json["schema"], f"{method} {path} {status}"


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r"'#/components/schemas/([^']+)'", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert "'#/$defs/" not in str(document)


def test_examples_are_as_their_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    with_examples = {name for name, schema in schemas.items() if "examples" in schema}
    for name in with_examples:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for example in schemas[name]["examples"]:
            jsonschema_rs.validate(schema, example, validate_formats=True)
    sent = {name for _, _, operation in operations(document) for name in named_in(operation)}
    inner = {part for name in sent for part in named_in(schemas[name])}
    bare = {
        name
        for name in (sent | inner) - with_examples
        if schemas[name].get("type") == "object" and not name.startswith(("Success_", "Page_"))
    }
    # Parts of what has an example are in it, and one body has several examples at its route.
    assert bare - {part for name in with_examples for part in named_in(schemas[name])} == {
        "JobRequest"
    }


def named_in(part: Any) -> list[str]:
    return re.findall(r"'#/components/schemas/([^']+)'", str(part))


def test_the_documentation_asks_nobody_else(app: Any) -> None:
    """The page, its script and the document come from here; the page may load nothing else."""
    client = TestClient(app)  # not as a context: nothing is connected to
    page = client.get("/docs")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page.text)
    assert '"url": "api/v3/openapi.json"' in page.text
    [script] = re.findall(r'<script src="([^"]+)"', page.text)
    answer = client.get(f"/{script}")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "@scalar/api-reference" in answer.text
    assert len(gzip.compress(answer.content)) > 500_000
    assert client.get("/api/v3/openapi.json").json() == app.openapi()
