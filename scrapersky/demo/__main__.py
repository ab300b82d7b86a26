"""`python -m scrapersky.demo`: the demo's web, or the generated one, until it is interrupted."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys

from scrapersky.demo.companies import DEMO_DOMAINS, demo_web
from scrapersky.demo.load import DEFAULT_SIZE, load_web
from scrapersky.demo.server import DemoServer
from scrapersky.demo.site import Web

if sys.platform != "win32":
    import resource

    import uvloop

LOAD_DOMAINS = 20
"""How many of the generated names are printed; there are as many as there are numbers."""


def main() -> None:
    """Serves, having said where in one line of JSON."""
    arguments = _arguments()
    web, domains = _web(arguments)
    _raise_file_limit()
    loop_factory = asyncio.new_event_loop if sys.platform == "win32" else uvloop.new_event_loop
    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=loop_factory) as runner,
    ):
        runner.run(_serve(arguments, web, domains))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scrapersky.demo", description=__doc__)
    parser.add_argument("--load", action="store_true", help="serve d<number>.load.test")
    parser.add_argument("--http-port", type=int, default=0, metavar="N")
    parser.add_argument("--https-port", type=int, default=0, metavar="N")
    parser.add_argument("--size", type=int, default=DEFAULT_SIZE, metavar="BYTES", help="of a page")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="of an answer")
    parser.add_argument("--failing", type=float, default=0.0, metavar="SHARE", help="of the hosts")
    parser.add_argument("--no-https", action="store_true", help="with --load: refuse port 443")
    return parser.parse_args()


def _web(arguments: argparse.Namespace) -> tuple[Web, list[str]]:
    if not arguments.load:
        return demo_web(latency=arguments.latency), DEMO_DOMAINS
    web = load_web(
        size=arguments.size,
        failing=arguments.failing,
        latency=arguments.latency,
        https=not arguments.no_https,
    )
    return web, web.domains(LOAD_DOMAINS)


async def _serve(arguments: argparse.Namespace, web: Web, domains: list[str]) -> None:
    stopped = asyncio.Event()
    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with DemoServer(
        web,
        http_port=arguments.http_port,
        https_port=arguments.https_port,
        log_requests=False,
    ) as server:
        line = {
            "connect_to": server.connect_to,
            "http_port": server.http_port,
            "https_port": server.https_port,
            "domains": domains,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def _raise_file_limit() -> None:
    """Clients that keep connections alive can have thousands of them open."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
