"""Every route, with what its OpenAPI allows and what it does not: answers are as documented.

`SCHEMATHESIS_EXAMPLES=500` makes it look longer.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from api_stage import System
from support import ROOT, company

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "5")
PHASES = "examples,coverage,fuzzing"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,ignored_auth,"
    "response_headers_conformance,response_schema_conformance,missing_required_header"
)
"""Not those that want a schema to say all: it cannot say what is a domain, or whose name is taken.
"""
ROWS = {
    "job_id": "SELECT id FROM jobs WHERE ended_at IS NOT NULL",
    "domain_id": "SELECT id FROM domains",
    "contact_id": "SELECT id FROM contacts",
    "page_id": "SELECT id FROM pages",
    "sitemap_id": "SELECT id FROM sitemap_files",
    "schedule_id": "SELECT id FROM schedules",
}


@pytest.mark.timeout(3_600 if int(EXAMPLES) > 50 else 600)
def test_answers_are_as_documented(system: System) -> None:
    system.variables["SCRAPERSKY_WEBHOOK_PRIVATE"] = "false"
    system.slots = 1
    system.start()
    system.crawl.web.web.add("a.test", company())
    job_id = system.submit("a.test", "none.test")
    system.wait_state(job_id, "completed_with_errors")
    system.call("POST", "/schedules", json={"name": "s", "spider": "sitemap", "cron": "0 3 * * *"})
    found = {
        name: [str(row["id"]) for row in system.crawl.rows(query)] for name, query in ROWS.items()
    }
    done = schemathesis(system, json.dumps(found))
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "A fault of ours" not in system.log("api")


def schemathesis(system: System, known_ids: str) -> subprocess.CompletedProcess[str]:
    """A run of it, with what it found wrong on its standard output."""
    with system.client() as client:
        authorization = client.headers["Authorization"]
    variables = {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "SCHEMATHESIS_KNOWN_IDS": known_ids,
        "PYTHONPATH": str(ROOT / "tests"),
        "PATH": os.environ["PATH"],
        "NO_COLOR": "1",
    }
    return subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{system.url}/api/v3/openapi.json",
            f"--header=Authorization: {authorization}",
            f"--max-examples={EXAMPLES}",
            f"--phases={PHASES}",
            f"--checks={CHECKS}",
            "--seed=1",
            "--generation-database=none",
            "--generation-allow-x00=true",
            "--continue-on-failure",
            "--request-timeout=30",
            "--warnings=off",
        ],
        cwd=system.home,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
