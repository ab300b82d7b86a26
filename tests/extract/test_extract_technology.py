import pytest

from scrapersky.extract.page import parse_page
from scrapersky.extract.technology import Technology, cms, technologies

URL = "https://www.bakery.test/"
Headers = dict[str, str]


def found(html: str, headers: Headers | None = None, url: str = URL) -> dict[str, Technology]:
    page = parse_page(
        html.encode(), url=url, content_type=None, headers=list((headers or {}).items())
    )
    return {technology.name: technology for technology in technologies(page)}


def system(html: str, headers: Headers | None = None, url: str = URL) -> Technology | None:
    return cms(list(found(html, headers, url).values()))


def generator(content: str) -> str:
    return f'<meta name="generator" content="{content}">'


def script(src: str) -> str:
    return f'<script src="{src}"></script>'


def inline(code: str) -> str:
    return f"<script>{code}</script>"


def style(href: str) -> str:
    return f'<link rel="stylesheet" href="{href}">'


@pytest.mark.parametrize(
    ("html", "name", "version"),
    [
        (generator("WordPress 6.8.2"), "WordPress", "6.8.2"),
        (generator("Elementor 3.2") + generator("WordPress 6.8.2"), "WordPress", "6.8.2"),
        (style("/wp-content/plugins/x/a.css"), "WordPress", None),
        (style("/wp-includes/css/dist/block-library/style.min.css?ver=6.1"), "WordPress", "6.1"),
        (inline("window._wpemojiSettings = {}"), "WordPress", None),
        ("<body class='home wp-singular wp-theme-rye'>", "WordPress", None),
        ("<link rel='https://api.w.org/' href='/index.php?rest_route=/'>", "WordPress", None),
        ("<img src='https://cdn.bakery.test/wp-content/uploads/a.jpg'>", "WordPress", None),
        (generator("Drupal 10 (https://www.drupal.org)"), "Drupal", "10"),
        (inline("jQuery.extend(Drupal.settings, {});"), "Drupal", None),
        ("<script type='application/json' data-drupal-selector='x'>{}</script>", "Drupal", None),
        ("<img src='/sites/default/files/a.jpg'>", "Drupal", None),
        (generator("Joomla! - Open Source Content Management"), "Joomla", None),
        (generator("Joomla! 1.5 - Open Source"), "Joomla", "1.5"),
        (script("/media/jui/js/jquery.min.js"), "Joomla", None),
        ("<a href='/index.php?option=com_content&view=article'>x</a>", "Joomla", None),
        ("<script class='joomla-script-options new'>{}</script>", "Joomla", None),
        (generator("TYPO3 4.7 CMS"), "TYPO3", "4.7"),
        ("<!-- This website is powered by TYPO3 - inspiring -->", "TYPO3", None),
        (style("/typo3temp/assets/compressed/a.css"), "TYPO3", None),
        (generator("Contao Open Source CMS"), "Contao", None),
        (generator("Craft CMS"), "Craft CMS", None),
        ("<input name='CRAFT_CSRF_TOKEN'>", "Craft CMS", None),
        (generator("DotNetNuke "), "DNN", None),
        (style("/Portals/_default/Skins/Rye/skin.css"), "DNN", None),
        (generator("Microsoft SharePoint"), "Microsoft SharePoint", None),
        (script("/_layouts/15/init.js"), "Microsoft SharePoint", None),
        (generator("Sitefinity 7.1.5213.0 SE"), "Sitefinity", "7.1.5213.0"),
        (generator("Plone - http://plone.org"), "Plone", None),
        (inline("var CCM_CID = 1;"), "Concrete CMS", None),
        ("<input name='ufprt' value='x'>", "Umbraco", None),
        ("<img src='/getmedia/01234567-89ab-cdef-0123-456789abcdef/a.jpg'>", "Kentico", None),
        ("<img src='/-/media/images/bread.ashx'>", "Sitecore", None),
        (script("/etc.clientlibs/rye/clientlibs/site.js"), "Adobe Experience Manager", None),
        (inline("Liferay.currentURL = '/'"), "Liferay", None),
        (script("/bitrix/js/main/core.js"), "Bitrix", None),
        (generator("MODX Revolution"), "MODX", None),
        (generator("Umbraco"), "Umbraco", None),
        ("<input type='hidden' name='XID' value='" + "0af3" * 10 + "'>", "ExpressionEngine", None),
        (style("/netcat_template/template/1/a.css"), "NetCat", None),
        ("<h1 umi:element-id='4'>Rye</h1>", "UMI.CMS", None),
        (generator("Wix.com Website Builder"), "Wix", None),
        (script("https://static.parastorage.com/services/x.js"), "Wix", None),
        ("<!-- This is Squarespace. -->", "Squarespace", None),
        ("<html data-wf-site='0123' data-wf-page='4567'>", "Webflow", None),
        (generator("Framer 4b2a"), "Framer", None),
        (generator("Ghost 5.82"), "Ghost", "5.82"),
        (generator("HubSpot"), "HubSpot CMS", None),
        ("<div class='hs_cos_wrapper'>", "HubSpot CMS", None),
        (script("//cdn2.editmysite.com/js/site/main.js"), "Weebly", None),
        (script("https://assets.jimstatic.com/web.js"), "Jimdo", None),
        (script("https://cdn.website-start.de/app/a.js"), "IONOS MyWebsite", None),
        (generator("Starfield Technologies; Go Daddy Website Builder v6.1.2"), "GDWB", "6.1.2"),
        (script("https://static.cdn-website.com/mnlt/a.js"), "Duda", None),
        (script("https://static-assets.strikinglycdn.com/a.js"), "Strikingly", None),
        ("<div id='allrecords' data-tilda-project-id='1'>", "Tilda", None),
        (generator("blogger"), "Blogger", None),
        (generator("TypePad"), "TypePad", None),
        (generator("Movable Type 4.3"), "Movable Type", "4.3"),
        (generator("vBulletin 4.2.2"), "vBulletin", "4.2.2"),
        ("<body id='phpbb' class='x'>", "phpBB", None),
        (generator("Discourse 3.1.0"), "Discourse", "3.1.0"),
        (generator("MediaWiki 1.39.4"), "MediaWiki", "1.39.4"),
        (inline('M.cfg = {"wwwroot":"x"}'), "Moodle", None),
        (inline('Shopify.theme = {"name":"Rye","id":1}'), "Shopify", None),
        (script("//www.bakery.test/cdn/shop/t/4/assets/theme.js"), "Shopify", None),
        ("<script type='text/x-magento-init'>{}</script>", "Magento", "2"),
        (inline("Mage.Cookies.path = '/';"), "Magento", None),
        (generator("PrestaShop"), "PrestaShop", None),
        (inline("var prestashop = {};"), "PrestaShop", None),
        ("<a href='/index.php?route=product/category'>x</a>", "OpenCart", None),
        ("<meta name='application-name' content='Shopware 5'>", "Shopware", None),
        (script("/bundles/storefront/a.js"), "Shopware", None),
        (script("https://cdn11.bigcommerce.com/s-abc123/a.js"), "BigCommerce", None),
        ("<img src='/on/demandware.static/a.png'>", "Salesforce Commerce Cloud", None),
        ("<a href='/index.php?main_page=contact_us'>x</a>", "Zen Cart", None),
        ("<a href='/?osCsid=aduqgef3n2786gummstq'>x</a>", "osCommerce", None),
    ],
)
def test_systems(html: str, name: str, version: str | None) -> None:
    name = {"GDWB": "GoDaddy Website Builder"}.get(name, name)
    site = system(html)
    assert site is not None
    assert (site.name, site.version) == (name, version)


@pytest.mark.parametrize(
    ("html", "name", "version"),
    [
        (generator("WooCommerce 9.1.2"), "WooCommerce", "9.1.2"),
        ("<body class='theme-rye woocommerce-no-js'>", "WooCommerce", None),
        ("<div data-elementor-type='wp-page'>", "Elementor", None),
        (generator("Elementor 3.21.4; features: x"), "Elementor", "3.21.4"),
        ("<div class='et_pb_section et_pb_section_0'>", "Divi", None),
        ("<body class='wpb-js-composer js-comp-ver-6.9'>", "WPBakery Page Builder", "6.9"),
        ("<div class='fl-builder-content'>", "Beaver Builder", None),
        ("<body class='x avada-html-layout-wide'>", "Avada", None),
        ("<div class='wp-block-columns'>", "WordPress block editor", None),
        ("<div class='wp-site-blocks'>", "WordPress block theme", None),
        ("<!-- This site is optimized with the Yoast SEO plugin v23.6 -->", "Yoast SEO", "23.6"),
        ("<!-- Search Engine Optimization by Rank Math -->", "Rank Math", None),
        (generator("All in One SEO (AIOSEO) 4.6.8"), "All in One SEO", "4.6.8"),
        (style("/wp-content/plugins/wp-seopress/a.css"), "SEOPress", None),
        ("<div class='wpcf7' id='x'>", "Contact Form 7", None),
        ("<form id='gform_1'>", "Gravity Forms", None),
        ("<div class='wpforms-container'>", "WPForms", None),
        ("<div id='nf-form-3-cont'>", "Ninja Forms", None),
        (generator("Powered by Slider Revolution 6.7.1 - x"), "Slider Revolution", "6.7.1"),
        ("<script data-rocket-src='a.js'></script>", "WP Rocket", None),
        ("<!--\nPerformance optimized by W3 Total Cache. Learn more -->", "W3 Total Cache", None),
        ("<!-- Page cached by LiteSpeed Cache 6.5 on x -->", "LiteSpeed Cache", "6.5"),
        ("<!-- Jetpack Open Graph Tags -->", "Jetpack", None),
        (generator("WPML ver:4.6.3 stt:1,3;"), "WPML", "4.6.3"),
        (script("/wp-content/plugins/polylang/a.js"), "Polylang", None),
        ("<div id='bbpress-forums'>", "bbPress", None),
        (script("/wp-content/plugins/buddypress/a.js"), "BuddyPress", None),
        ("<script id='__NEXT_DATA__' type='application/json'>{}</script>", "Next.js", None),
        ("<script id='__NEXT_DATA__' type='application/json'>{}</script>", "React", None),
        ("<div id='__nuxt'>", "Nuxt", None),
        ("<div id='___gatsby'>", "Gatsby", None),
        (generator("Astro v4.5.0"), "Astro", "4.5.0"),
        ("<app-root ng-version='17.0.2'>", "Angular", "17.0.2"),
        ("<html ng-app='x'>", "AngularJS", None),
        ("<p data-v-3bfb1518>x</p>", "Vue.js", None),
        ("<p class='a svelte-1x2y3z'>x</p>", "Svelte", None),
        (script("/js/jquery-3.7.1.min.js"), "jQuery", "3.7.1"),
        (script("//ajax.googleapis.com/ajax/libs/jquery/1.8.2/jquery.min.js"), "jQuery", "1.8.2"),
        (script("/wp-includes/js/jquery/jquery.min.js?ver=3.7.1"), "jQuery", "3.7.1"),
        (script("/js/jquery.min.js"), "jQuery", None),
        (style("/bootstrap/3.4.1/css/bootstrap.min.css"), "Bootstrap", "3.4.1"),
        (script("//cdn.jsdelivr.net/npm/bootstrap@5.3.2/dist/js/a.js"), "Bootstrap", "5.3.2"),
        (script("https://cdn.tailwindcss.com"), "Tailwind CSS", None),
        (style("/css/foundation.min.css"), "Foundation", None),
        (style("//x.test/font-awesome/4.7.0/css/a.css"), "Font Awesome", "4.7.0"),
        (style("https://fonts.googleapis.com/css?family=Rye"), "Google Fonts", None),
        (inline("_gaq.push(['_setAccount','UA-1-1']);"), "Google Classic Analytics", None),
        (inline("ga('create', 'UA-1-1', 'auto');"), "Google Universal Analytics", None),
        (inline("gtag('config', 'G-ABC123');"), "Google Analytics 4", None),
        (script("https://www.googletagmanager.com/gtag/js?id=G-ABC"), "Google Analytics 4", None),
        (inline("gtag('config', 'G-ABC123');"), "Google Analytics", None),
        (script("https://www.googletagmanager.com/gtm.js?id=GTM-X"), "Google Tag Manager", None),
        (inline("(window,document,'script','dataLayer','GTM-AB12')"), "Google Tag Manager", None),
        (inline("fbq('init', '1');"), "Meta Pixel", None),
        (inline("_linkedin_partner_id = '1';"), "LinkedIn Insight Tag", None),
        (inline("w.TiktokAnalyticsObject=t"), "TikTok Pixel", None),
        (inline("pintrk('load', '1');"), "Pinterest Tag", None),
        (script("//static.ads-twitter.com/uwt.js"), "X Pixel", None),
        (script("//bat.bing.com/bat.js"), "Microsoft Advertising", None),
        (script("https://static.hotjar.com/c/hotjar-1.js"), "Hotjar", None),
        (script("https://www.clarity.ms/tag/x"), "Microsoft Clarity", None),
        (inline("_paq.push(['trackPageView']);"), "Matomo", None),
        (script("/stats/piwik.js"), "Matomo", None),
        (script("https://mc.yandex.ru/metrika/tag.js"), "Yandex Metrica", None),
        (script("https://plausible.io/js/script.js"), "Plausible", None),
        (script("https://cdn.usefathom.com/script.js"), "Fathom", None),
        (script("//js.hs-scripts.com/1.js"), "HubSpot", None),
        (script("https://widget.intercom.io/widget/x"), "Intercom", None),
        (script("https://js.driftt.com/include/x.js"), "Drift", None),
        (script("https://static.zdassets.com/ekr/snippet.js"), "Zendesk", None),
        (script("https://embed.tawk.to/0af/default"), "Tawk.to", None),
        (script("https://cdn.livechatinc.com/tracking.js"), "LiveChat", None),
        (script("https://client.crisp.chat/l.js"), "Crisp", None),
        (script("//code.tidio.co/x.js"), "Tidio", None),
        (script("//static.olark.com/jsclient/loader.js"), "Olark", None),
        (script("https://chimpstatic.com/mcjs-connected/js/a.js"), "Mailchimp", None),
        (script("https://static.klaviyo.com/onsite/js/k.js"), "Klaviyo", None),
        (script("https://cdn.cookielaw.org/scripttemplates/a.js"), "OneTrust", None),
        (script("https://consent.cookiebot.com/uc.js"), "Cookiebot", None),
        (script("https://app.usercentrics.eu/latest/main.js"), "Usercentrics", None),
        (script("https://js.stripe.com/v3/"), "Stripe", None),
        (script("https://www.paypal.com/sdk/js?client-id=x"), "PayPal", None),
        (script("https://js.klarna.com/web-sdk/v1/klarna.js"), "Klarna", None),
        (script("https://www.google.com/recaptcha/api.js"), "reCAPTCHA", None),
        ("<div class='h-captcha'>", "hCaptcha", None),
        ("<div class='cf-turnstile'>", "Cloudflare Turnstile", None),
        (script("https://maps.googleapis.com/maps/api/js?key=x"), "Google Maps", None),
        ("<iframe src='https://www.google.com/maps/embed?pb=1'></iframe>", "Google Maps", None),
        ("<iframe src='https://www.youtube.com/embed/x'></iframe>", "YouTube", None),
        ("<iframe data-src='https://player.vimeo.com/video/1'></iframe>", "Vimeo", None),
        (script("https://use.typekit.net/abc.js"), "Adobe Fonts", None),
        (script("https://assets.calendly.com/assets/external/widget.js"), "Calendly", None),
        (script("//www.opentable.com/widget/reservation/loader"), "OpenTable", None),
        (script("//widget.trustpilot.com/bootstrap/v5/x.js"), "Trustpilot", None),
        ("<input type='hidden' name='__VIEWSTATE'>", "ASP.NET", None),
        ("<input type='hidden' name='csrfmiddlewaretoken'>", "Django", None),
        ("<meta name='csrf-param' content='authenticity_token'>", "Ruby on Rails", None),
        (generator("Microsoft FrontPage 4.0"), "Microsoft FrontPage", "4.0"),
        ("<!-- InstanceBegin template='/Templates/a.dwt' -->", "Dreamweaver", None),
    ],
)
def test_parts(html: str, name: str, version: str | None) -> None:
    technology = found(html).get(name)
    assert technology is not None
    assert technology.version == version


@pytest.mark.parametrize(
    ("header", "value", "name", "version"),
    [
        ("Server", "nginx/1.25.3", "nginx", "1.25.3"),
        ("Server", "Apache/2.4.57 (Debian) PHP/8.2.1", "Apache HTTP Server", "2.4.57"),
        ("Server", "Apache/2.4.57 (Debian) PHP/8.2.1", "PHP", "8.2.1"),
        ("Server", "Apache", "Apache HTTP Server", None),
        ("Server", "Microsoft-IIS/10.0", "Microsoft IIS", "10.0"),
        ("Server", "LiteSpeed", "LiteSpeed", None),
        ("Server", "openresty/1.21.4", "OpenResty", "1.21.4"),
        ("Server", "cloudflare", "Cloudflare", None),
        ("Server", "AkamaiGHost", "Akamai", None),
        ("Server", "GitHub.com", "GitHub Pages", None),
        ("Server", "Netlify", "Netlify", None),
        ("Server", "Vercel", "Vercel", None),
        ("Via", "1.1 abc.cloudfront.net (CloudFront)", "Amazon CloudFront", None),
        ("X-Served-By", "cache-fra-1", "Fastly", None),
        ("X-Powered-By", "PHP/7.4.33", "PHP", "7.4.33"),
        ("X-Powered-By", "Express", "Express", None),
        ("X-Powered-By", "Express", "Node.js", None),
        ("X-Powered-By", "ASP.NET", "ASP.NET", None),
        ("X-Powered-By", "WP Engine", "WP Engine", None),
        ("X-Powered-By", "Next.js", "Next.js", None),
        ("X-Kinsta-Cache", "HIT", "Kinsta", None),
        ("X-Pantheon-Styx-Hostname", "x", "Pantheon", None),
        ("X-Generator", "Drupal 9 (https://www.drupal.org)", "Drupal", "9"),
        ("X-ShopId", "1", "Shopify", None),
        ("Set-Cookie", "laravel_session=x; path=/", "Laravel", None),
        ("Set-Cookie", "JSESSIONID=x; Path=/", "Java", None),
        ("Set-Cookie", "PHPSESSID=x", "PHP", None),
        ("Set-Cookie", "sf_redirect=x", "Symfony", None),
    ],
)
def test_headers(header: str, value: str, name: str, version: str | None) -> None:
    technology = found("<p>bread", {header: value}).get(name)
    assert technology is not None
    assert technology.version == version


@pytest.mark.parametrize(
    "html",
    [
        "<p>We love WordPress, Shopify and Wix.com. Drupal 7 too.",
        "<title>WordPress 6.8.2 is out</title><h1>WordPress</h1>",
        "<a href='https://wordpress.org/'>Proudly powered by WordPress</a>",
        "<a href='https://other.test/wp-content/uploads/study.pdf'>study</a>",
        "<img src='https://other.test/wp-content/uploads/a.jpg'>",
        "<img src='https://blog.bakery.test/wp-content/uploads/a.jpg'>",
        script("https://other.test/wp-content/plugins/widget/a.js?ver=2.0"),
        "<pre>&lt;link rel='stylesheet' href='/wp-content/themes/x/style.css'&gt;</pre>",
        "<pre>&lt;meta name='generator' content='WordPress 6.8'&gt;</pre>",
        "<script type='application/json'>{'html': '/wp-admin/admin-ajax.php'}</script>",
        "<script type='application/ld+json'>{'text': 'Drupal.settings'}</script>",
        "<p>Our agency builds Shopify themes: see cdn.shopify.com/s/files/1/0001/t/1",
        "<a href='https://www.shopify.com/?ref=agency'>Shopify</a>",
        script("https://sdks.shopifycdn.com/buy-button/latest/buy-button-storefront.min.js"),
        "<a href='https://other.test/index.php?option=com_content'>Joomla</a>",
        "<a href='https://www.typo3.org/fileadmin/templates/x'>TYPO3</a>",
        "<img src='https://other.test/sites/default/files/a.png'>",
        generator("Microsoft FrontPage 4.0"),
        generator("iWeb 2.0.4"),
        generator("Our own system"),
        "<meta name='description' content='WordPress 6.8 agency'>",
        "<!-- WordPress -->",
        style("/css/templates/style.css") + script("/js/drupal-tips.js"),
        "",
        "<",
    ],
)
def test_pages_of_no_known_system(html: str) -> None:
    assert system(html) is None


def test_tracking_named_in_a_text_is_not_there() -> None:
    names = set(found("<p>We do not use Google Analytics (google-analytics.com/ga.js) or Hotjar."))
    assert not names & {"Google Analytics", "Google Classic Analytics", "Hotjar"}


def test_an_address_nobody_knows() -> None:
    html = "<img src='https://bakery.test/wp-content/uploads/a.jpg'>"
    site = system(html, url="http://localhost/")
    assert site is not None
    assert site.name == "WordPress"
    named = f"<link rel='canonical' href='https://rye.test/'>{html}"
    assert system(named, url="http://localhost/") is None


@pytest.mark.parametrize(
    ("html", "theme"),
    [
        (style("/wp-content/themes/rye/style.css"), "rye"),
        (
            style("/wp-content/themes/rye/style.css")
            + style("/wp-content/themes/rye/a.css")
            + style("/wp-content/themes/rye-child/style.css"),
            "rye-child",
        ),
        ("<body class='wp-singular wp-theme-rye'>", "rye"),
        (inline('Shopify.theme = {"name":"Rye Bread","id":1}'), "Rye Bread"),
        (style("/templates/rye/css/template.css") + generator("Joomla!"), "rye"),
    ],
)
def test_themes(html: str, theme: str) -> None:
    site = system(html)
    assert site is not None
    assert site.theme == theme


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (generator("WordPress 6.8") + generator("WooCommerce 9.1"), "WordPress"),
        ("<div id='__next'></div><img src='https://cms.bakery.test/wp-content/a/'>", None),
        (
            "<div id='__next'></div><img src='https://cms.bakery.test/wp-content/uploads/a.jpg'>",
            "WordPress",
        ),
        (generator("HubSpot") + "<img class='wp-image-7'>", "HubSpot CMS"),
        (generator("Drupal 9") + inline("jQuery.extend(Drupal.settings, {})"), "Drupal"),
        ("<div class='et_pb_section'>", "WordPress"),
        (generator("WordPress 6.8") + inline("new VarienForm('x')"), "WordPress"),
    ],
)
def test_one_system(html: str, name: str | None) -> None:
    site = system(html)
    assert (site.name if site else None) == name


def test_sources_and_confidence() -> None:
    technologies_ = found(generator("WordPress 6.8") + script("/js/jquery.min.js"))
    assert technologies_["WordPress"] == Technology(
        name="WordPress", categories=("CMS",), version="6.8", source="meta", confidence=1.0
    )
    assert technologies_["PHP"].source == "implied"
    assert technologies_["jQuery"].source == "script"
    assert found("<img src='/wp-content/uploads/a.jpg'>")["WordPress"].confidence == 0.9


def test_a_plug_in_with_wordpress_version_has_none_of_its_own() -> None:
    one = "/wp-content/plugins/contact-form-7/a.js?ver="
    assert found(generator("WordPress 6.8") + script(f"{one}6.8"))["Contact Form 7"].version is None
    assert (
        found(generator("WordPress 6.8") + script(f"{one}5.9"))["Contact Form 7"].version == "5.9"
    )


def test_sorted_by_name() -> None:
    page = parse_page(
        (generator("WordPress 6.8") + script("/jquery.js") + "<div id='__nuxt'>").encode(),
        url=URL,
        content_type=None,
    )
    names = [technology.name for technology in technologies(page)]
    assert names == sorted(names, key=str.lower)
    assert technologies(page) == technologies(page)


HOSTILE = [
    "<a href='/wp-content/themes/x" * 30_000,
    "".join(f"<link rel=stylesheet href='/wp-content/themes/{n}/a.css'>" for n in range(20_000)),
    "<script>_gaq.push(" * 30_000,
    "<p class='wp-block-group wp-image-'>" * 30_000,
    "<meta name=generator content='" + "WordPress " * 100_000,
    "\ufffd\x00\x80İ" * 100_000,
]


@pytest.mark.parametrize("html", HOSTILE, ids=lambda html: html[:20])
def test_hostile_pages(html: str) -> None:
    assert isinstance(found(html), dict)
