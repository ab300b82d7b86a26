"""Numbers for Prometheus."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.deps import Session
from scrapersky.db import reports

router = APIRouter(tags=["metrics"])


class _Found(Collector):
    def __init__(self, counts: Any, nodes: Any) -> None:
        self._counts = counts
        self._nodes = nodes

    def collect(self) -> Iterator[Metric]:
        by = ["spider", "state"]
        jobs = GaugeMetricFamily("scrapersky_jobs", "Jobs.", labels=by)
        targets = CounterMetricFamily(
            "scrapersky_targets_ended", "Domains that ended.", labels=["spider", "outcome"]
        )
        ended: dict[tuple[str, str], int] = {}
        for row in self._counts:
            jobs.add_metric([row["spider"], row["state"]], row["jobs"])
            for outcome in ("completed", "errors"):
                key = row["spider"], outcome
                ended[key] = ended.get(key, 0) + int(row[outcome] or 0)
        for (spider, outcome), count in sorted(ended.items()):
            targets.add_metric([spider, outcome], count)
        yield jobs
        yield targets
        yield from self._of_nodes()

    def _of_nodes(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("scrapersky_node_up", "Whether the node answers.", labels=["node"])
        slots = GaugeMetricFamily("scrapersky_node_slots", "Its slots.", labels=["node"])
        running = GaugeMetricFamily("scrapersky_node_running", "Its workers.", labels=["node"])
        for node in self._nodes:
            up.add_metric([node.scrapyd.url], node.error is None)
            if node.report is not None and node.error is None:
                slots.add_metric([node.scrapyd.url], node.report.slots)
                running.add_metric([node.scrapyd.url], len(node.report.running))
        yield from (up, slots, running)


FORMAT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text format.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": 'scrapersky_jobs{spider="homepage",state="running"} 1.0',
            }
        },
    }
}


@router.get("/metrics", response_class=PlainTextResponse, responses=FORMAT)
async def shown(request: Request, session: Session) -> Response:
    """Jobs by state, domains ended, nodes."""
    async with session.begin():
        counts = await reports.counts(session)
    registry = CollectorRegistry()
    registry.register(_Found(counts, request.app.state.nodes.all))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
