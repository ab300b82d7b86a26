"""What wrote a sitemap, where it says so."""

import re

# What these programs put into comments, stylesheet instructions, the root's attributes or the
# <generator> of a feed.
_SIGNS = {
    "yoast": r"yoast|/main-sitemap\.xsl",
    "rank-math": r"rank[ -]?math",
    "aioseo": r"all in one seo|aioseo|/default-sitemap\.xsl",
    "seopress": r"seopress|/sitemaps_xsl\.xsl",
    "google-xml-sitemaps": r"google-sitemap-generator|arne ?brachhold|auctollo",
    "jetpack": r"jetpack",
    "wordpress": r"/wp-sitemap(?:-index)?\.xsl|wordpress\.org|wordpress\.com",
    "wix": r"generatedby=[\"']?wix",
    "shopify": r"shopify",
    "squarespace": r"squarespace",
    "webflow": r"webflow",
    "drupal": r"simple[ _-]sitemap|xmlsitemap\.xsl|drupal",
    "typo3": r"typo3|/ext/seo/|sitemap_seo",
    "joomla": r"joomla|osmap|jsitemap|xmap",
    "prestashop": r"prestashop|gsitemap",
    "magento": r"magento|mirasvit",
    "shopware": r"shopware",
    "craft": r"seomatic|craft ?cms",
    "ghost": r"ghost\.org|>ghost<",
    "blogger": r"blogger|blogspot",
    "hugo": r"\bhugo\b|gohugo\.io",
    "jekyll": r"jekyll",
    "gatsby": r"gatsby",
    "next-sitemap": r"next-sitemap",
    "docusaurus": r"docusaurus",
    "screaming-frog": r"screaming frog",
    "xml-sitemaps.com": r"xml-sitemaps\.com",
    "a1-sitemap-generator": r"a1 sitemap generator|microsystools",
}
_ANY = re.compile(
    "|".join(f"({signs})" for signs in _SIGNS.values()),
    re.IGNORECASE,
)
_NAMES = list(_SIGNS)

# Hosts and file names that only one program's sites have.
_CONTENT = re.compile(
    r"(?P<shopify>https://cdn\.shopify\.com/|/sitemap_products_\d+\.xml\?from=)"
    r"|(?P<wix>https://static\.wixstatic\.com/)"
    r"|(?P<squarespace>https://images\.squarespace-cdn\.com/)"
    r"|(?P<wordpress>/wp-sitemap-[a-z]+-)",
)
_FEED = re.compile(r"<generator[^<>]{0,200}>[^<>]{0,200}", re.IGNORECASE)
_HEAD = 16 * 1024


def find_generator(text: str) -> str | None:
    """The program's name, or None."""
    found = _ANY.search(text)
    return _NAMES[(found.lastindex or 1) - 1] if found else None


def find_generator_in(beginning: str) -> str | None:
    """By the content of a file, from its beginning."""
    head = beginning[:_HEAD]
    if named := _FEED.search(head):
        return find_generator(named[0])
    found = _CONTENT.search(head)
    return found.lastgroup if found else None
