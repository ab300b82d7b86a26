"""Words in names, texts and addresses of pictures that tell logos from what is none."""

import re

MAX_NAMES = 300
"""Characters of a name or text that are looked at."""

LOGO = re.compile(
    r"logo(?!ut|n\b|ff|s\b|s[-_/])|brand(?!s|ed|en)|wordmark|site-?title|лого", re.IGNORECASE
)
HEAD = re.compile(
    r"\bhead|header|top-?bar|masthead|\btop\b|kopf|\bnav|entete|cabec|testata|banner", re.IGNORECASE
)
FOOT = re.compile(r"foot|\bfuss|\bpied|copyright", re.IGNORECASE)
# Other people's logos …
_THIRD_PARTIES = (
    r"partner|clients?\b|sponsor|customer|supplier|brands|logos\b|payment|zahlung|award|certif|"
    r"accredit|membership|trust|seal\b|siegel|testimonial|review|featured|as-?seen|powered|"
    r"credits|made-?by|carousel|slide|gallery|product|author|advert|\bads?\b|widget_media_image"
)
THIRD_PARTIES = re.compile(_THIRD_PARTIES, re.IGNORECASE)
# … and pictures that are none.
NO_LOGO = re.compile(
    _THIRD_PARTIES + r"|visa\b|master-?card|maestro|amex|paypal|klarna|cards?\b|badge|verified|"
    r"secure|rating|stars|avatar|flag|sprite|spacer|blank|pixel|loading|loader|placeholder|"
    r"captcha|app-?store|google|qr-?code|facebook|twitter|linkedin|instagram|youtube|pinterest|"
    r"yelp|tripadvisor|\brss|arrow|button|\bbtn|search|cart\b|close|\bmenu|thumb",
    re.IGNORECASE,
)
# Of two that are alike, the one that is not for a small or dark place.
VARIANT = re.compile(
    r"small|mini|mobile|\bmob\b|sticky|scroll|white|weiss|light|invert|negativ|print|retina|icon",
    re.IGNORECASE,
)
NAVIGATION = re.compile(r"nav|home|butt|slogan|tagline|contact|banner|_o(?:n|ff)\.", re.IGNORECASE)
OTHERS_FOLDERS = re.compile(
    r"partner|client|sponsor|customer|supplier|payment|award|certif|button|[-_]logos",
    re.IGNORECASE,
)
