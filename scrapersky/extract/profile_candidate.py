"""A profile that may be the owner's, and what speaks for it."""

from dataclasses import dataclass
from urllib.parse import unquote

from scrapersky.extract.contact import MAX_RAW
from scrapersky.extract.site_names import SiteNames, squeezed
from scrapersky.extract.social import SocialProfile
from scrapersky.extract.text import clean_text
from scrapersky.extract.words import words

MAX_LINKS = 400
"""Links to networks that are looked at; a page with more is a directory."""
MESSENGERS = frozenset({"whatsapp", "messenger", "viber", "line", "kakaotalk", "zalo"})
"""Who has a link for writing to somebody means himself."""

# What themes and builders put where the owner's name should be, and their makers' own profiles.
_LEFTOVERS = words(
    "account companyname elegantthemes elementor envato example facebookname joomla mypage "
    "myusername name page pagename profile shopify squarespace themeforest user username "
    "webflow wix wordpress wordpressdotcom wordpresscom yourcompany yourhandle yourname "
    "yourpage youraccount yourbrand yourprofile yourusername yourchannel yourid xxxx xxxxx "
    "xxxxxx prestashop drupal weebly jimdo bigcommerce godaddy magento automattic"
)


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A profile and its evidence so far."""

    profile: SocialProfile
    raw: str
    source: str
    own_name: bool
    "Whether the handle is like the site's name."
    score: int
    times: int = 1


def weighed(
    found: SocialProfile, raw: str, source: str, score: int, names: SiteNames
) -> Candidate | None:
    """With points for a name like the site's; None for what themes and builders left there."""
    own_name = names.match(found.handle) or names.match(_page_name(found.url))
    if not own_name and squeezed(found.handle) in _LEFTOVERS:
        return None
    return Candidate(
        profile=found,
        raw=clean_text(raw, MAX_RAW),
        source=source,
        own_name=own_name,
        score=score + 3 * own_name - (not own_name and _is_personal(found.url)),
    )


def _page_name(url: str) -> str:
    """The name in `/pages/NAME/123` and the like."""
    parts = unquote(url).split("/")
    return parts[-2] if len(parts) > 5 else ""


def _is_personal(url: str) -> bool:
    return "linkedin.com/in/" in url or "linkedin.com/pub/" in url or "xing.com/profile/" in url
