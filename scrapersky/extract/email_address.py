"""What is an e-mail address, and what only has an @ in it."""

import re

import idna

from scrapersky.extract.placeholders import is_placeholder
from scrapersky.extract.suffixes import domain_parts, has_public_suffix

# RFC 5322's dot-atom, without quoted strings, which nobody has, and without what only URLs, paths
# and templates have before an @.
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9!#$&'*+=?^_`~-]*(?:\.[A-Za-z0-9!#$&'*+=?^_`~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ANGLE = re.compile(r"<([^<>]*)>")

_FILE_ENDINGS = frozenset(
    [
        "aspx",
        "avif",
        "bmp",
        "cfm",
        "css",
        "eot",
        "exe",
        "gif",
        "htm",
        "html",
        "ico",
        "jpeg",
        "jpg",
        "js",
        "json",
        "jsp",
        "less",
        "map",
        "mjs",
        "mp3",
        "mp4",
        "otf",
        "pdf",
        "php",
        "png",
        "scss",
        "svg",
        "tif",
        "tiff",
        "ts",
        "ttf",
        "txt",
        "webm",
        "webp",
        "woff",
        "woff2",
        "xhtml",
        "xml",
    ]
)
# logo@2x.ai: pictures for displays of that density. "ai", "app" and others are suffixes too.
_DENSITY = re.compile(r"(?:\d(?:\.\d)?x|\d{2,4}(?:w|h|px))[.-].*")
_VERSION = re.compile(r"v?\d+\.\d+\.")
# Keys of crash reporters, message ids, sessions: at least 16 hexadecimal digits with 4 numerals.
_KEY = re.compile(r"(?=(?:[^0-9]*[0-9]){4})[0-9a-f-]{16,}")
_MACHINES = re.compile(
    r"(?:do[._-]?not|no|nao|não|ne|nicht)[._-]?(?:reply|respond|responda|responder|answer|antworten?"
    r"|repondez|odpovedat)(?:[._+-].*)?|noreplay|mailer-daemon|unsubscribe|bounces?|listserv"
)
_REPOSITORIES = frozenset({"git", "hg", "svn", "cvs", "ssh", "sftp", "ftp", "root", "anonymous"})

# Zero-width and direction marks, which come along when text is copied out of a document.
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def email_address(text: str) -> str | None:
    """The address in lower case, its domain in ASCII; None when it is none or a placeholder.

    RFC 5321's lengths and RFC 5322's dot-atom. To RFC 5321 the case before the @ matters; to no
    mail provider does it.
    """
    text = INVISIBLE.sub("", text[:1_000])
    inner = _ANGLE.search(text)
    address = (inner[1] if inner else text).strip(" \t\r\n\u00a0.,;:'\"<>()[]{}\\/|!?*&=")
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    local = local.lower()
    name = _mail_domain(domain.strip().rstrip(".").lower())
    if name is None or is_placeholder(local, name) or _is_machine(local, name):
        return None
    return f"{local}@{name}"


def _mail_domain(domain: str) -> str | None:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return None
    if len(domain) > 253 or not all(
        len(label) <= 63 and _LABEL.fullmatch(label) for label in domain.split(".")
    ):
        return None
    _, dot, top = domain.rpartition(".")
    if not dot or _DENSITY.fullmatch(domain) or _VERSION.match(domain):
        return None
    if has_public_suffix(domain):
        return domain
    if domain_parts(domain).suffix:
        return None
    # Top-level domains are newer than the bundled list; what looks like a file's name is none.
    return domain if 1 < len(top) <= 12 and top.isalpha() and top not in _FILE_ENDINGS else None


def _is_machine(local: str, domain: str) -> bool:
    """Whether nobody reads what is sent there."""
    if _KEY.fullmatch(local) or _MACHINES.fullmatch(local):
        return True
    return local in _REPOSITORIES or domain.startswith(("github.", "gitlab.", "bitbucket."))
