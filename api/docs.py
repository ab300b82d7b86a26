"""The documentation at `/docs`: Scalar, which reads the OpenAPI document.

Its script is in api/static as the npm package @scalar/api-reference has it, so that a browser asks
nobody but this API: not a content delivery network, not Scalar's fonts, proxy or assistant.
"""

from importlib import resources

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from scalar_fastapi import AgentScalarConfig, get_scalar_api_reference

from api.answers import PREFIX

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " worker-src 'self' blob:"
)
"""What the page may load: nothing from elsewhere."""
A_DAY = 86_400


def install(app: FastAPI) -> None:
    """Adds the page and its script."""
    app.add_route("/docs", _page, include_in_schema=False)
    app.add_route("/docs/scalar.js", _script, include_in_schema=False)


async def _page(_: Request) -> HTMLResponse:
    # Relative to /docs, so that a proxy may put the API under a path of its own.
    shown = get_scalar_api_reference(
        title="ScraperSky",
        openapi_url=f"{PREFIX.removeprefix('/')}/openapi.json",
        scalar_js_url="docs/scalar.js",
        scalar_favicon_url="data:,",
        with_default_fonts=False,
        telemetry=False,
        agent=AgentScalarConfig(disabled=True),
        hide_client_button=True,
        persist_auth=False,
    )
    shown.headers["Content-Security-Policy"] = POLICY
    return shown


def _script(_: Request) -> Response:
    """As it is stored: compressed, which every browser takes."""
    packed = resources.files("api").joinpath("static/scalar.js.gz").read_bytes()
    headers = {"Content-Encoding": "gzip", "Cache-Control": f"public, max-age={A_DAY}"}
    return Response(packed, media_type="text/javascript", headers=headers)
