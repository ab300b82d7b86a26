"""One company, as a person would like to read it."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from scrapersky.cli.output import console, when
from scrapersky.extract.contact import PhoneType
from scrapersky.outcomes import OUTCOMES, ErrorCode
from scrapersky.states import CurationStatus


def print_company(found: dict[str, Any]) -> None:
    """One company, as a person would like to read it."""
    console.print(f"[bold]{escape(found['domain'])}[/bold]  {_status(found)}", soft_wrap=True)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    for label, value in _facts(found):
        if value:
            facts.add_row(label, escape(str(value)))
    console.print(facts)
    if found["contacts"]:
        console.print()
        console.print(_contacts(found["contacts"]))


def _status(found: dict[str, Any]) -> str:
    if found["status"] != "error":
        return str(found["status"])
    meaning = found["error_message"] or OUTCOMES[ErrorCode(found["error_code"])].meaning
    return f"error {found['error_code']}: {escape(meaning)}"


def _facts(found: dict[str, Any]) -> list[tuple[str, Any]]:
    http = [f"status {found['http_status']}" if found["http_status"] else ""]
    if found["response_ms"] is not None:
        http += [f"{found['response_ms']} ms", f"{found['body_bytes']:,} bytes"]
    http += [str(found["ip"] or ""), found["charset"] or ""]
    curation = found["curation_status"]
    system = " ".join(filter(None, (found["cms"], found["cms_version"])))
    technologies = [technology["name"] for technology in found["technologies"] or []]
    addresses = [address["raw"] for address in found["addresses"] or []]
    return [
        ("title", found["title"]),
        ("description", found["description"]),
        ("name", found["organization"]),
        ("language", found["language"] or found["detected_language"]),
        ("made with", system or found["generator"]),
        ("technology", ", ".join(technologies)),
        ("postal", "; ".join(addresses[:3])),
        ("address", found["final_url"]),
        ("leads to", found["redirected_to"]),
        ("favicon", found["favicon_url"]),
        ("logo", found["logo_url"]),
        ("answer", ", ".join(part for part in http if part)),
        ("crawled", f"{when(found['last_crawled_at'])} UTC" if found["last_crawled_at"] else ""),
        ("curation", curation if curation != CurationStatus.NEW else ""),
        ("notes", found["notes"]),
    ]


def _contacts(contacts: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("contact")
    table.add_column("", overflow="fold")
    table.add_column("found in", no_wrap=True)
    table.add_column("confidence", no_wrap=True)
    for contact in contacts:
        is_fax = contact["type"] == PhoneType.FAX
        kind = PhoneType.FAX if is_fax else contact["network"] or contact["kind"]
        table.add_row(
            kind, escape(contact["value"]), contact["source"], f"{contact['confidence']:.2f}"
        )
    return table
