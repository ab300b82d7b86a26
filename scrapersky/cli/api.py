"""`scrapersky api`: the HTTP API alone."""

from typing import Annotated

import typer

from scrapersky.config import get_config
from scrapersky.tokens import secret


def api(
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535)] = 8000,
) -> None:
    """Serve the HTTP API, which gives jobs to the nodes in SCRAPERSKY_NODES.

    In production (SCRAPERSKY_ENVIRONMENT=production) it does not start without a secret.
    """
    import uvicorn  # noqa: PLC0415 - help does without

    secret(get_config())  # one line, not the traceback of the server's start
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        log_level="info",
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
