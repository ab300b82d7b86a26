"""The list of companies, for people who look around with a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from scrapersky.demo.behaviours import give
from scrapersky.demo.company import Company
from scrapersky.demo.exchange import Exchange
from scrapersky.demo.response import page

HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Invented companies</title>'
    "<style>body{font:17px/1.5 system-ui,sans-serif;margin:3rem 8vw}"
    "ul{list-style:none;padding:0;display:grid;gap:.8rem;"
    "grid-template-columns:repeat(auto-fit,minmax(20rem,1fr))}small{opacity:.6}</style>"
)


@dataclass(frozen=True)
class Directory:
    """Links to each company under a name that browsers find by themselves (RFC 6761, 6.3)."""

    companies: Sequence[Company]

    async def answer(self, exchange: Exchange) -> None:
        port = exchange.writer.get_extra_info("sockname")[1]
        scheme = exchange.request.scheme
        items = "".join(_item(company, scheme, port) for company in self.companies)
        body = f"<h1>{len(self.companies)} companies that do not exist</h1>\n<ul>\n{items}</ul>\n"
        await give(page(f"{HEAD}{body}"), exchange)


def _item(company: Company, scheme: str, port: int) -> str:
    host = company.origin.partition("://")[2].removesuffix(".test") + ".localhost"
    return (
        f'<li>{company.emoji} <a href="{scheme}://{host}:{port}/">{escape(company.name)}</a>'
        f" <small>{company.lang}, {company.cms or 'by hand'}</small></li>\n"
    )
