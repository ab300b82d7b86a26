"""Whether a page has a form to write to its owner."""

import re
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from scrapersky.extract.contact_links import is_contact_page
from scrapersky.extract.element_text import element_text
from scrapersky.extract.page import Page

_MAX_FORMS = 60
_MAX_FIELDS = 120
_MAX_NAMES = 300
_MAX_LABEL = 60

# Words in names, ids, placeholders and labels of fields.
_EMAIL = re.compile(
    r"e-?mail|correo|courriel|posta|почта|メール|邮箱|邮件|이메일|eposta", re.IGNORECASE
)
_NAME = re.compile(
    r"name|nombre|nome\b|nom\b|naam|navn|namn|nimi|jm[eé]no|n[eé]v|imi|имя|фио|телефон|phone|tel\b|"
    r"telefon|subject|betreff|objet|oggetto|asunto|assunto|onderwerp|тема|お名前|氏名|姓名|이름|isim",
    re.IGNORECASE,
)
_CAPTCHA = re.compile(r"captcha|recaptcha|h-captcha|honeypot|ak_hp", re.IGNORECASE)
_CONTACT = re.compile(
    r"contact|kontakt|contatt|contato|wpcf7|inquiry|enquiry|anfrage|feedback|обратн|iletisim|yhteys",
    re.IGNORECASE,
)
# Plug-ins, and words for forms that need no text area: call me back, send me an offer.
_FORM_MAKERS = re.compile(
    _CONTACT.pattern + r"|callback|rückruf|quote|request|demande|richiest|hs-form|gform|wpforms|"
    r"elementor-form|frm_forms|fluentform|forminator|nf-form",
    re.IGNORECASE,
)
# Forms with a text area that write to somebody else, or to the public.
_OTHERS = re.compile(
    r"comment-?form|commentform|wp-comments-post|add-?comment|post-?comment|respond\b|reply|review|"
    r"rating|posting|newthread|editpost|quick-?reply|guestbook|gaestebuch|checkout|subscri|"
    r"newsletter|mailchimp|list-manage|tell-?a-?friend|send-?to-?friend|emailafriend|translat",
    re.IGNORECASE,
)
_ORDERS = re.compile(r"(?:^|[^a-z])(?:cart|basket|order|warenkorb|bestell)", re.IGNORECASE)
_RATING = re.compile(r"rating|vote$|stars?$|score$|criterion|review")
_COMMENT_FIELDS = frozenset({"author", "url", "comment_post_id", "comment_parent"})
# Forms that scripts put in: HubSpot, Typeform, Jotform, Google, Wufoo, Formstack, Cognito, Zoho,
# Tally, Paperform, Pipedrive, Ninja Forms, Microsoft. Nothing tells their fields, so that the page
# has to be one for contacts.
_EMBEDDED = re.compile(
    r"hbspt\.forms\.create|js\.hsforms\.net|class=\"[^\"]{0,80}hs-form|typeform\.com/to/|"
    r"data-tf-(?:widget|live)|typeform-widget|form\.jotform|jotform\.com/jsform|"
    r"docs\.google\.com/forms/|wufoo\.com/(?:embed|forms)|formstack\.com/forms|"
    r"cognitoforms\.com|forms\.zohopublic|tally\.so/(?:embed|r)/|paperform\.co|"
    r"webforms\.pipedrive|nf-form-cont|forms\.office\.com|123formbuilder|emailmeform\.com|"
    r"getresponse\.com/webform-contact|form\.asana\.com"
)
_FIELDS = etree.XPath(".//input | .//textarea | .//select")


def has_contact_form(page: Page) -> bool:
    """Whether a visitor can write to the owner here.

    A form counts with a text area and a field for an e-mail address, a name or a phone number, or
    by its name with several such fields; forms to search, log in, register, subscribe, comment,
    review and buy do not. Forms that scripts put in from elsewhere count on contact pages only.
    """
    here = is_contact_page(page)
    forms = islice(page.tree.iter("form"), _MAX_FORMS)
    if any(_is_contact_form(form, here=here) for form in forms) or _has_loose_form(page):
        return True
    return here and _EMBEDDED.search(page.source) is not None


def _is_contact_form(form: HtmlElement, *, here: bool) -> bool:
    own = " ".join(form.get(name) or "" for name in ("id", "class", "name"))[:_MAX_NAMES]
    whole = f"{own} {(form.get('action') or '')[:_MAX_NAMES]}"
    if _OTHERS.search(whole) or _ORDERS.search(own):
        return False
    fields = cast("list[HtmlElement]", _FIELDS(form))[:_MAX_FIELDS]
    labels = [element_text(one, _MAX_LABEL) for one in islice(form.iter("label"), _MAX_FIELDS)]
    whole += " contact" * here  # any text area does on a page for contacts
    return _is_for_contact(fields, labels, whole)


def _has_loose_form(page: Page) -> bool:
    """Fields outside of all forms: scripts send them, or a table broke the form around them."""
    areas = [area for area in islice(page.tree.iter("textarea"), _MAX_FORMS) if _is_loose(area)]
    if not areas:
        return False
    inputs = [field for field in islice(page.tree.iter("input"), _MAX_FIELDS) if _is_loose(field)]
    return _is_for_contact([*inputs, *areas], [], "")


def _is_loose(field: HtmlElement) -> bool:
    return next(field.iterancestors("form"), None) is None


def _is_for_contact(fields: list[HtmlElement], labels: list[str], own: str) -> bool:
    names = {(field.get("name") or "").lower() for field in fields}
    if len(_COMMENT_FIELDS & names) > 1 or any(_RATING.match(name) for name in names):
        return False
    fields = [field for field in fields if _is_shown(field)]
    if any((field.get("type") or "").lower() == "password" for field in fields):
        return False
    has_text_area = any(field.tag == "textarea" for field in fields)
    hints = [_hints(field) for field in fields if field.tag == "input"]
    emails = max(_count(_EMAIL, hints), _count(_EMAIL, labels))
    others = max(_count(_NAME, hints), _count(_NAME, labels))
    if has_text_area and (_CONTACT.search(own) or emails + others > 1):
        return True
    return emails > 0 and others > 1 and _FORM_MAKERS.search(own) is not None


def _count(pattern: re.Pattern[str], hints: list[str]) -> int:
    return sum(pattern.search(hint) is not None for hint in hints)


def _is_shown(field: HtmlElement) -> bool:
    kind = (field.get("type") or "").lower()
    if field.tag == "input" and kind in {"hidden", "submit", "button", "image", "reset", "file"}:
        return False
    return not _CAPTCHA.search(f"{field.get('name') or ''} {field.get('id') or ''}"[:_MAX_NAMES])


def _hints(field: HtmlElement) -> str:
    names = ("type", "name", "id", "placeholder", "aria-label", "title", "autocomplete")
    return " ".join(field.get(name) or "" for name in names)[:_MAX_NAMES]
