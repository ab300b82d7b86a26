"""A client that a generator makes of the OpenAPI document, against a running API."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from api_stage import System
from support import company, wait_until

NAME = "generated_scrapersky"


@pytest.fixture
def generated(
    running: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """Its module `client`, which has a function by the name of each operation."""
    document = tmp_path / "openapi.json"
    document.write_text(httpx2.get(f"{running.url}/api/v3/openapi.json", trust_env=False).text)
    folder = tmp_path / "clients"
    folder.mkdir()
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "clientele"),
            *("start-api", "--file", str(document), "--output", str(folder / NAME)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(str(folder))
    client = importlib.import_module(f"{NAME}.client")
    yield client
    client.client.close()
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def configure(generated: ModuleType, running: System, token: str) -> None:
    config = importlib.import_module(f"{NAME}.config").Config(
        base_url=running.url, headers={"Authorization": token}, timeout=60.0
    )
    generated.client.configure(config=config)


def test_a_job_and_its_rows(running: System, generated: Any) -> None:
    with running.client() as client:
        configure(generated, running, client.headers["Authorization"])
    schemas = importlib.import_module(f"{NAME}.schemas")
    running.crawl.web.web.add("a.test", company("Generated"))

    wanted = schemas.JobRequest(spider="homepage", domains=["a.test", "what?"])
    accepted = generated.jobs_submit(data=wanted)
    assert isinstance(accepted, schemas.Accepted)
    assert accepted.status == "pending"
    wait_until(lambda: generated.jobs_get(job_id=accepted.job_id).data.state == "completed")
    job = generated.jobs_status(job_id=accepted.job_id).data
    assert (job.targets.completed, job.rejected, job.outcomes) == (1, 1, {"completed": 1})
    assert [worker.reason for worker in job.workers] == ["finished"]

    [row] = generated.domains_list(text="a.").data
    assert (row.domain, row.title, row.status) == ("a.test", "Generated", "completed")
    # This generator wants a word on each property that has no default.
    change = schemas.DomainChange(
        curation_status="Selected", sitemap_curation_status=None, notes="By a generated client."
    )
    changed = generated.domains_change(domain_id=row.id, data=change).data
    assert (changed.curation_status, changed.notes) == ("Selected", "By a generated client.")
    assert [crawl.spider for crawl in changed.crawls] == ["homepage"]

    again = generated.jobs_cancel(job_id=accepted.job_id)
    assert isinstance(again, schemas.Problem)
    assert "completed and cannot be cancelled" in again.detail
    unknown = generated.domains_get(domain_id=accepted.job_id)
    assert unknown == schemas.Problem(detail=f"There is no domain {accepted.job_id}.")


def test_every_operation_is_a_function(running: System, generated: Any) -> None:
    configure(generated, running, "Bearer nonsense")
    schemas = importlib.import_module(f"{NAME}.schemas")
    document = httpx2.get(f"{running.url}/api/v3/openapi.json", trust_env=False).json()
    names = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    }
    assert {name for name in names if not callable(getattr(generated, name, None))} == set()
    assert generated.health_live().status == "ok"
    refused = generated.nodes_list()
    assert isinstance(refused, schemas.Problem)
    assert refused.detail.startswith("The token does not count")
    assert json.loads(generated.health_ready().model_dump_json())["checks"]["database"]["ok"]
