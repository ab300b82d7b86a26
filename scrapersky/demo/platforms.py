"""What gives away the software of a site beside its markup (templates/cms_*.html)."""

import re

from scrapersky.demo.behaviours import Answer
from scrapersky.demo.response import text

HEADERS: dict[str, dict[str, str]] = {
    "bitrix": {"X-Powered-CMS": "Bitrix Site Manager (DEMO)"},
    "drupal": {"X-Generator": "Drupal 11 (https://www.drupal.org)", "X-Drupal-Cache": "HIT"},
    "framer": {"Server": "Framer/demo"},
    "ghost": {"X-Powered-By": "Express"},
    "gnuboard": {"X-Powered-By": "PHP/8.2.29"},
    "hubspot": {"X-HS-Hub-Id": "5550142", "X-HubSpot-Correlation-Id": "demo"},
    "magento": {"X-Magento-Cache-Debug": "HIT"},
    "nextjs": {"X-Powered-By": "Next.js", "X-Nextjs-Cache": "HIT"},
    "opencart": {"X-Powered-By": "PHP/8.1.33"},
    "prestashop": {"Powered-By": "PrestaShop"},
    "shopify": {"Powered-By": "Shopify", "X-ShopId": "5550142"},
    "squarespace": {"Server": "Squarespace"},
    "wix": {"X-Wix-Request-Id": "5550142.demo", "Server": "Pepyaka"},
    "woocommerce": {"X-Powered-By": "PHP/8.3.27"},
    "wordpress": {"X-Powered-By": "PHP/8.3.27"},
}

_ASSET = re.compile(r'(?:href|src)="(/[^"?]+)')


def assets(markup: str) -> dict[str, Answer]:
    """The files that a platform's markup names, by path: they are there, and say little."""
    return {path: _asset(path) for path in _ASSET.findall(markup)}


def _asset(path: str) -> Answer:
    if path.endswith((".js", ".mjs")):
        return text("/* demo */\n", media_type="text/javascript")
    if path.endswith(".xml"):
        return text('<feed xmlns="http://www.w3.org/2005/Atom"/>', media_type="application/xml")
    if path.endswith((".css", ".php")):
        return text("/* demo */\n", media_type="text/css")
    return text("{}\n", media_type="application/json")
