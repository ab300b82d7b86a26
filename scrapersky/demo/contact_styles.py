"""How companies write down where to reach them: in the open, or hidden from simple readers."""

import codecs
import json
from collections.abc import Callable
from html import escape
from typing import Literal

EmailStyle = Literal[
    "link",
    "subject",
    "text",
    "at",
    "at_dot",
    "entity",
    "cloudflare",
    "script",
    "rot13",
    "reversed",
    "microdata",
    "hidden",
]
"""`hidden` is for what only JSON-LD says."""

PhoneStyle = Literal["link", "text", "extension", "microdata", "hidden"]

EXTENSION = "42"


def email_html(address: str, style: EmailStyle) -> str:
    """An address as a site writes it."""
    return _EMAIL[style](address)


def phone_html(number: str, style: PhoneStyle) -> str:
    """A telephone number as a site writes it."""
    digits = "+" + "".join(filter(str.isdigit, number))
    match style:
        case "text":
            return escape(number)
        case "microdata":
            return f'<span itemprop="telephone">{escape(number)}</span>'
        case "extension":
            label = f"{escape(number)} ext. {EXTENSION}"
            return f'<a href="tel:{digits};ext={EXTENSION}">{label}</a>'
        case "hidden":
            return ""
    return f'<a href="tel:{digits}">{escape(number)}</a>'


def _link(address: str, query: str = "") -> str:
    return f'<a href="mailto:{address}{query}">{address}</a>'


def _entity(address: str) -> str:
    hidden = "".join(f"&#{ord(character)};" for character in address)
    return f'<a href="&#109;&#97;ilto:{hidden}">{hidden}</a>'


def _cloudflare(address: str) -> str:
    """Cloudflare's: the first byte of the code is the key of all others."""
    key = 0x5A
    code = bytes((key, *(byte ^ key for byte in address.encode()))).hex()
    label = f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span>'
    return f'<a href="/cdn-cgi/l/email-protection#{code}">{label}</a>'


def _script(address: str) -> str:
    parts = " + '@' + ".join(json.dumps(part) for part in address.split("@"))
    return (
        f"<script>var a = {parts};\n"
        "document.write('<a href=\"mai' + 'lto:' + a + '\">' + a + '<\\/a>');</script>"
    )


def _rot13(address: str) -> str:
    turned = codecs.encode(f"mailto:{address}", "rot13")
    return (
        f'<a class="rot13" href="#" data-href="{turned}">@</a><script>'
        "document.querySelectorAll('.rot13').forEach(function (a) {"
        "a.href = a.dataset.href.replace(/[a-z]/g, function (c) {"
        "return String.fromCharCode((c.charCodeAt(0) - 84) % 26 + 97);});"
        "a.textContent = a.href.slice(7);});</script>"
    )


def _reversed(address: str) -> str:
    css = "unicode-bidi:bidi-override;direction:rtl"
    return f'<span style="{css}">{address[::-1]}</span>'


_EMAIL: dict[EmailStyle, Callable[[str], str]] = {
    "link": _link,
    "subject": lambda address: _link(address, "?subject=Hello%2C%20website"),
    "text": lambda address: address,
    "at": lambda address: address.replace("@", " [at] "),
    "at_dot": lambda address: address.replace("@", " [at] ").replace(".", " [dot] "),
    "entity": _entity,
    "cloudflare": _cloudflare,
    "script": _script,
    "rot13": _rot13,
    "reversed": _reversed,
    "microdata": lambda address: f'<span itemprop="email">{address}</span>',
    "hidden": lambda _: "",
}
