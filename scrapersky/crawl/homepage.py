"""From the answer of a server to the item of a homepage."""

import hashlib
from typing import Any

from scrapy.http import HtmlResponse, Response
from scrapy.utils.httpobj import urlparse_cached

from scrapersky.crawl.failures import SiteError
from scrapersky.domains import registrable_domain
from scrapersky.extract.contact import Contact, Profile
from scrapersky.extract.homepage import Homepage, extract_homepage
from scrapersky.extract.page import parse_page
from scrapersky.items import ContactItem, DomainItem
from scrapersky.outcomes import ErrorCode
from scrapersky.states import DomainStatus

FOUND = ("title", "description", "language", "canonical_url", "favicon_url", "generator")


def check(response: Response) -> Response:
    """The response, when it is a page.

    Raises:
        SiteError: it is an error, a redirect to nowhere, or no HTML.
    """
    code = _status_error(response)
    if code is None and not response.body.strip():
        code = ErrorCode.EMPTY
    if code is None and not isinstance(response, HtmlResponse):
        code = ErrorCode.NOT_HTML
    if code is None:
        return response
    raise SiteError(code, _message(response, code), **_where(response))


def homepage_item(facts: dict[str, Any], response: Response) -> DomainItem:
    """The terminal item of a domain whose homepage came.

    Raises:
        SiteError: there is nothing on it, or it is a parking page.
    """
    content_type = _header(response, "Content-Type") or None
    page = parse_page(response.body, url=response.url, content_type=content_type)
    home = extract_homepage(page)
    if home.parked is not None:
        raise SiteError(
            ErrorCode.PARKED, f"Parked or for sale ({home.parked.value}).", **_where(response)
        )
    if home.is_empty:
        raise SiteError(ErrorCode.EMPTY, **_where(response))
    return DomainItem(
        **facts,
        **http_facts(facts["domain"], response),
        **_fields(home),
        status=DomainStatus.COMPLETED,
        charset=home.charset,
        open_graph=home.open_graph or None,
        json_ld=home.json_ld or None,
        contacts=[_contact(contact, response.url) for contact in home.contacts],
    )


def _status_error(response: Response) -> ErrorCode | None:
    status = response.status
    if status == 429:
        return ErrorCode.RATE_LIMITED
    if status in {401, 403, 407, 451}:
        return ErrorCode.BLOCKED
    if 300 <= status < 400:
        return ErrorCode.BAD_REDIRECT
    if 400 <= status < 500:
        return ErrorCode.HTTP_4XX
    if status >= 500:
        return ErrorCode.HTTP_5XX
    return None


def _message(response: Response, code: ErrorCode) -> str | None:
    if code == ErrorCode.NOT_HTML:
        kind = _header(response, "Content-Type") or "unknown"
        return f"The homepage is of the type {kind[:100]}, not HTML."
    if code == ErrorCode.BAD_REDIRECT:
        target = _header(response, "Location")
        return f"Redirected to {target[:200]!r}, which is no web page."
    return f"The server answered with status {response.status}." if response.status != 200 else None


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _where(response: Response) -> dict[str, Any]:
    return {"http_status": response.status, "final_url": response.url}


def http_facts(domain: str, response: Response) -> dict[str, Any]:
    """What is known of a page before it is read."""
    host = urlparse_cached(response).hostname or ""
    owner, asked = registrable_domain(host), registrable_domain(domain)
    latency = (response.request.meta if response.request else {}).get("download_latency")
    return {
        **_where(response),
        "redirected_to": owner if owner != asked else None,
        "ip": str(response.ip_address) if response.ip_address else None,
        "response_ms": None if latency is None else round(latency * 1000),
        "body_bytes": len(response.body),
        "content_hash": hashlib.sha256(response.body).hexdigest(),
    }


def _fields(home: Homepage) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    provenance: dict[str, dict[str, Any]] = {}
    for name in FOUND:
        found = getattr(home, name)
        if found is not None:
            fields[name] = found.value
            provenance[name] = {"source": found.source, "confidence": found.confidence}
    return fields | {"provenance": provenance}


def _contact(contact: Contact, page_url: str) -> ContactItem:
    return ContactItem(
        kind=contact.kind,
        value=contact.value,
        raw=contact.raw,
        source=contact.source,
        confidence=contact.confidence,
        network=contact.network if isinstance(contact, Profile) else None,
        page_url=page_url,
    )
