"""How far a number that stands in text is to be believed, and whether it is the owner's."""

import re

from scrapersky.extract.phone_candidates import Candidate
from scrapersky.extract.phone_labels import Label
from scrapersky.extract.phone_plan import Form

# Measured on labelled pages: how often a number of that kind was one of the owner's.
_UNLABELLED = {Form.INTERNATIONAL: 0.9, Form.STRONG: 0.85, Form.FAIR: 0.6, Form.WEAK: 0.0}
_THIRD_PARTY = re.compile(
    r"ombuds|crimestoppers|samaritans|suicide|poison (?:control|center)|\b(?:911|999|112)\b"
    r"|citizens advice|consumer protection agency"
    r"|\b(?:web ?site|web|site) ?(?:design|designed|development|developed|built|hosting|by)\b"
    r"|\b(?:designed|developed|powered|hosted|created) by\b|web-?agentur|webdesign"
    r"|(?:разработк|создани)\w{1,4} (?:и продвижение )?(?:веб-)?сайт",
    re.IGNORECASE,
)


def trust(candidate: Candidate) -> float:
    """0 to 1; 0 where it is rather something else."""
    label = candidate.label
    kind = label.label if label else None
    form = candidate.number.form
    if kind is Label.OTHER or (kind is Label.DOUBT and form < Form.STRONG):
        return 0.0
    less = 0.0 if candidate.number.sure else 0.1
    if label and kind in {Label.PHONE, Label.MOBILE, Label.FAX, Label.BOTH}:
        return (0.95 if label.close else 0.85) - less
    if form < (Form.FAIR if candidate.number.sure else Form.STRONG):
        return 0.0
    if kind is Label.DESK:
        return (0.9 if form >= Form.STRONG else 0.8) - less
    return 0.0 if form is Form.FAIR and candidate.prose else _UNLABELLED[form] - less


def is_third_party(candidate: Candidate) -> bool:
    """Whether the words before it name an authority, an emergency line, or the site's maker."""
    return _THIRD_PARTY.search(candidate.before) is not None
