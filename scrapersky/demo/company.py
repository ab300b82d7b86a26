"""A company that does not exist, and the site that it has."""

import json
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Literal

import idna
from pydantic import BaseModel, ConfigDict

from scrapersky.demo.behaviours import Answer, FailFirst, Slow
from scrapersky.demo.response import Response, page, text
from scrapersky.demo.site import Port, Site

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="7" fill="#e7a33e"/></svg>'
)
ROBOTS = "User-agent: *\nDisallow: /cart/\nAllow: /\n"


class Company(BaseModel):
    """An entry of companies.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    name: str
    lang: str
    """A key of words.json."""

    title: str
    description: str
    email: str
    phone: str
    """In a range that is kept for fiction, never one that might ring."""

    street: str
    place: str
    country: str
    goods: list[tuple[str, str]]
    """Name and blurb; each has a page of its own."""

    social: list[str] = []
    kind: str = "Organization"
    """The schema.org type."""

    cms: str | None = None
    """Which templates/cms_*.html the head shows the marks of."""

    layout: Literal["modern", "landing", "classic"] = "modern"
    charset: str = "utf-8"
    declared: str | None = None
    """The charset that Content-Type and page claim, if it is another one."""

    email_style: Literal["link", "at", "entity", "cloudflare"] = "link"
    open_graph: bool = True
    structured: bool = True
    """Whether the page has JSON-LD."""

    gzip: bool = False
    robots: str = ROBOTS
    slow: float = 0.0
    """Seconds that the homepage takes."""

    fails_first: int = 0
    """How many requests for the homepage are answered 503 before it works."""

    http: Port = Port.OPEN
    https: Port = Port.OPEN


def company_site(company: Company) -> Site:
    """The homepage, the pages about goods and contact, robots.txt and sitemap of a company."""
    origin = _origin(company)
    words = _words()[company.lang]
    values = _values(company, origin, words)
    inner = {
        "/about/": _inner(company, values, words["about"], f"<p>{escape(company.description)}</p>"),
        words["path"]: _inner(company, values, words["contact"], ""),
    }
    for number, (name, blurb) in enumerate(company.goods, 1):
        inner[f"/goods/{number}"] = _inner(company, values, name, f"<p>{escape(blurb)}</p>")
    return Site(
        paths={
            "/": _homepage(company, values),
            **inner,
            "/favicon.svg": text(FAVICON, media_type="image/svg+xml"),
            "/sitemap.xml": _sitemap(origin, ["/", *inner]),
        },
        robots=f"{company.robots}\nSitemap: {origin}/sitemap.xml\n",
        http=company.http,
        https=company.https,
    )


def _origin(company: Company) -> str:
    scheme = "http" if company.https is Port.REFUSED else "https"
    return f"{scheme}://{idna.encode(company.domain, uts46=True).decode()}"


def _homepage(company: Company, values: dict[str, str]) -> Answer:
    home: Answer = _page(company, f"home_{company.layout}", values)
    if company.slow:
        home = Slow(company.slow, home)
    return FailFirst(company.fails_first, home) if company.fails_first else home


def _inner(company: Company, values: dict[str, str], heading: str, content: str) -> Response:
    return _page(company, "inner", {**values, "heading": escape(heading), "content": content})


def _page(company: Company, template: str, values: dict[str, str]) -> Response:
    html = _template(template).substitute(values)
    return page(html, charset=company.charset, declared=company.declared, gzip=company.gzip)


def _values(company: Company, origin: str, words: dict[str, str]) -> dict[str, str]:
    """What the templates may name; all of it is HTML already."""
    plain = {
        "charset": company.declared or company.charset,
        "contact_path": words["path"],
        "description": company.description,
        "direction": "rtl" if company.lang == "ar" else "ltr",
        "lang": company.lang,
        "name": company.name,
        "origin": origin,
        "phone": company.phone,
        "phone_digits": "+" + "".join(filter(str.isdigit, company.phone)),
        "place": company.place,
        "street": company.street,
        "title": company.title,
        "url": f"{origin}/",
        **{f"{key}_label": word for key, word in words.items() if key != "path"},
    }
    values = {name: escape(value) for name, value in plain.items()}
    values["email"] = _email(company)
    values["goods"] = _goods(company)
    values["social"] = "".join(
        f'    <li><a href="{escape(url)}" rel="me noopener">{escape(url.split("/")[2])}</a></li>\n'
        for url in company.social
    )
    return {**values, "head": _head(company, values)}


def _head(company: Company, values: dict[str, str]) -> str:
    parts = [_template("head").substitute(values)]
    if company.cms:
        parts.append(_template(f"cms_{company.cms}").template)
    if company.open_graph:
        parts.append(_template("open_graph").substitute(values))
    if company.structured:
        parts.append(f'<script type="application/ld+json">{_json_ld(company)}</script>\n')
    return "".join(parts)


def _json_ld(company: Company) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": company.kind,
        "name": company.name,
        "url": f"{_origin(company)}/",
        "description": company.description,
        "email": company.email,
        "telephone": company.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": company.street,
            "addressLocality": company.place,
            "addressCountry": company.country,
        },
        "sameAs": company.social,
    }
    # Escapes, not references: charsets that lack a character must not change what a script says.
    return json.dumps(data, ensure_ascii=company.charset != "utf-8").replace("</", "<\\/")


def _email(company: Company) -> str:
    """The address as sites write it, in the open or hidden from the simplest readers."""
    match company.email_style:
        case "at":
            return escape(company.email.replace("@", " [at] "))
        case "entity":
            hidden = "".join(f"&#{ord(character)};" for character in company.email)
            return f'<a href="&#109;&#97;ilto:{hidden}">{hidden}</a>'
        case "cloudflare":
            key = 0x5A
            code = bytes((key, *(byte ^ key for byte in company.email.encode()))).hex()
            link = f"/cdn-cgi/l/email-protection#{code}"
            label = (
                f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span>'
            )
            return f'<a href="{link}">{label}</a>'
    return f'<a href="mailto:{company.email}">{company.email}</a>'


def _goods(company: Company) -> str:
    return "".join(
        f'<div class="card"><h3><a href="/goods/{number}">{escape(name)}</a></h3>'
        f"<p>{escape(blurb)}</p></div>\n"
        for number, (name, blurb) in enumerate(company.goods, 1)
    )


def _sitemap(origin: str, paths: list[str]) -> Response:
    urls = "".join(f"<url><loc>{origin}{path}</loc></url>\n" for path in paths)
    return text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        media_type="application/xml",
    )


@cache
def _template(name: str) -> Template:
    source = files("scrapersky.demo") / "templates" / f"{name}.html"
    return Template(source.read_text("utf-8"))


@cache
def _words() -> dict[str, dict[str, str]]:
    source = files("scrapersky.demo") / "words.json"
    words: dict[str, dict[str, str]] = json.loads(source.read_text("utf-8"))
    return words
