"""The site of a company: its pages, and what is announced about them."""

import json
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from scrapersky.demo.artwork import Artwork
from scrapersky.demo.behaviours import Answer, FailFirst, Slow
from scrapersky.demo.company import Company, Office
from scrapersky.demo.contact_styles import email_html, phone_html
from scrapersky.demo.platforms import HEADERS, assets
from scrapersky.demo.response import Response, page
from scrapersky.demo.site import Site
from scrapersky.demo.sitemaps import SitePage, sitemap

RIGHT_TO_LEFT = {"ar", "fa", "he"}


def company_site(company: Company) -> Site:
    """The homepage, all pages that it leads to, robots.txt and sitemap of a company."""
    artwork = Artwork(company.domain, company.emoji)
    values = _values(company, artwork)
    inner = _inner_pages(company, values)
    pages = [SitePage("/", company.title, company.lang)]
    pages += [SitePage(path, title, company.lang) for path, (title, _) in inner.items()]
    listed = sitemap(company.sitemap, company.origin, pages)
    lines = "".join(f"Sitemap: {company.origin}{path}\n" for path in listed.announced)
    return Site(
        paths={
            **assets(_cms(company)),
            **{path: answer for path, (_, answer) in inner.items()},
            **listed.paths,
            "/": _homepage(company, values),
            "/favicon.svg": artwork.icon(),
            "/touch-icon.png": artwork.picture(180, 180),
            "/card.png": artwork.picture(1200, 630),
        },
        robots=f"{company.robots}\n{lines}",
        http=company.http,
        https=company.https,
    )


def _homepage(company: Company, values: dict[str, str]) -> Answer:
    home: Answer = _page(company, f"home_{company.layout}", values)
    if company.slow:
        home = Slow(company.slow, home)
    return FailFirst(company.fails_first, home) if company.fails_first else home


def _inner_pages(company: Company, values: dict[str, str]) -> dict[str, tuple[str, Answer]]:
    """Title and answer by path, for all pages but the homepage."""
    words = company.words
    texts = {words["about_path"]: (words["about"], company.description)}
    for number, (name, blurb) in enumerate(company.goods, 1):
        texts[f"/goods/{number}"] = (name, blurb)
    for number, (headline, story) in enumerate(company.posts, 1):
        texts[f"/news/{number}"] = (headline, story)
    found = {
        path: (title, _inner(company, values, title, f'<p class="lead">{escape(body)}</p>\n'))
        for path, (title, body) in texts.items()
    }
    reachable = {**values, "contacts": "", "footer": ""}
    contact = _inner(company, reachable, words["contact"], _contacts(company))
    return {**found, words["path"]: (words["contact"], contact)}


def _inner(company: Company, values: dict[str, str], heading: str, content: str) -> Response:
    return _page(company, "inner", {**values, "heading": escape(heading), "content": content})


def _page(company: Company, template: str, values: dict[str, str]) -> Response:
    in_header = "header" in company.charset_in
    return page(
        _template(template).substitute(values),
        charset=company.charset,
        declared=company.declared if in_header else "",
        gzip=company.gzip,
        headers=HEADERS.get(company.cms or ""),
    )


def _values(company: Company, artwork: Artwork) -> dict[str, str]:
    """What the templates may name; all of it is HTML already."""
    words = company.words
    is_rtl = company.lang.partition("-")[0] in RIGHT_TO_LEFT
    plain = {
        "about_path": words["about_path"],
        "contact_path": words["path"],
        "description": company.description,
        "direction": "rtl" if is_rtl else "ltr",
        "lang": company.lang,
        "name": company.name,
        "origin": company.origin,
        "title": company.title,
        "url": f"{company.origin}/",
        **{f"{key}_label": word for key, word in words.items() if not key.endswith("path")},
    }
    values = {name: escape(value) for name, value in plain.items()}
    everywhere = company.reach == "every page"
    contacts = _contacts(company) if everywhere else _address(company)
    values |= {
        "charset_meta": _charset_meta(company),
        "contacts": contacts,
        "footer": contacts,
        "goods": _cards("goods", company.goods),
        "news": _news(company),
        "social": "".join(map(_profile, company.social)),
        "style": _template("style").substitute(color=artwork.color, soft=artwork.soft),
    }
    return {**values, "head": _head(company, values)}


def _head(company: Company, values: dict[str, str]) -> str:
    parts = [_template("head").substitute(values), _cms(company)]
    if company.open_graph:
        parts.append(_template("open_graph").substitute(values))
    if company.structured:
        parts.append(f'<script type="application/ld+json">{_json_ld(company)}</script>\n')
    return "".join(parts)


def _charset_meta(company: Company) -> str:
    claim = company.charset if company.declared is None else company.declared
    return f'<meta charset="{claim}">\n' if claim and "page" in company.charset_in else ""


def _cms(company: Company) -> str:
    return _template(f"cms_{company.cms}").template if company.cms else ""


def _json_ld(company: Company) -> str:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": company.kind,
        "name": company.name,
        "url": f"{company.origin}/",
        "description": company.description,
        "address": _postal_address(company),
        "sameAs": company.social,
    }
    if company.reach == "every page":
        data |= {"email": company.email, "telephone": company.phone}
        if company.fax:
            data["faxNumber"] = company.fax
    if company.offices:
        data["department"] = [
            {
                "@type": company.kind,
                "name": office.name,
                "telephone": office.phone,
                "email": office.email,
                "address": _postal_address(office, company.country),
            }
            for office in company.offices
        ]
    # Escapes, not references: charsets that lack a character must not change what a script says.
    return json.dumps(data, ensure_ascii=company.charset != "utf-8").replace("</", "<\\/")


def _postal_address(at: Company | Office, country: str = "") -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "streetAddress": at.street,
        "addressLocality": at.place,
        "addressCountry": at.country if isinstance(at, Company) else country,
    }


def _contacts(company: Company) -> str:
    """E-mail addresses, numbers and places, as a list of definitions."""
    words = company.words
    emails = [
        email_html(address, company.email_style)
        for address in (company.email, *company.more_emails)
    ]
    rows = [
        (words["email"], "<br>".join(filter(None, emails))),
        (words["phone"], phone_html(company.phone, company.phone_style)),
        (words["fax"], escape(company.fax or "")),
        (words["address"], escape(f"{company.name}, {company.street}, {company.place}")),
    ]
    for office in company.offices:
        lines = (
            escape(f"{office.street}, {office.place}"),
            phone_html(office.phone, "link"),
            email_html(office.email, company.email_style),
        )
        rows.append((escape(office.name), "<br>".join(lines)))
    scope = ""
    if "microdata" in {company.email_style, company.phone_style}:
        scope = f' itemscope itemtype="https://schema.org/{company.kind}"'
    body = "".join(f"  <dt>{label}</dt><dd>{value}</dd>\n" for label, value in rows if value)
    return f'<dl class="contacts"{scope}>\n{body}</dl>\n'


def _address(company: Company) -> str:
    where = escape(f"{company.name}, {company.street}, {company.place}")
    link = f'<a href="{company.words["path"]}">{escape(company.words["contact"])}</a>'
    return f"<address>{where}</address>\n<p>{link}</p>\n"


def _profile(url: str) -> str:
    host = escape(url.split("/")[2])
    return f'    <li><a href="{escape(url)}" rel="me noopener">{host}</a></li>\n'


def _news(company: Company) -> str:
    if not company.posts:
        return ""
    heading = f"  <h2>{escape(company.words['news'])}</h2>\n"
    return f'{heading}  <div class="cards">\n{_cards("news", company.posts)}  </div>\n'


def _cards(folder: str, entries: list[tuple[str, str]]) -> str:
    return "".join(
        f'<div class="card"><h3><a href="/{folder}/{number}">{escape(name)}</a></h3>'
        f"<p>{escape(blurb)}</p></div>\n"
        for number, (name, blurb) in enumerate(entries, 1)
    )


@cache
def _template(name: str) -> Template:
    source = files("scrapersky.demo") / "templates" / f"{name}.html"
    return Template(source.read_text("utf-8"))
