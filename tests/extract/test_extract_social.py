import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapersky.extract.social import federated_profile, networks, profile

PROFILES = [
    ("http://www.facebook.com/CornerBakery/", "facebook", "https://www.facebook.com/cornerbakery"),
    ("https://de-de.facebook.com/cornerbakery?ref=ts&fref=ts", "facebook", "/cornerbakery"),
    ("//m.facebook.com/cornerbakery/about", "facebook", "/cornerbakery"),
    ("https://fb.com/cornerbakery", "facebook", "/cornerbakery"),
    ("https://www.facebook.com/pg/cornerbakery/reviews/", "facebook", "/cornerbakery"),
    ("https://www.facebook.com/#!/cornerbakery?v=wall", "facebook", "/cornerbakery"),
    (
        "https://www.facebook.com/profile.php?sk=about&id=100012345",
        "facebook",
        "/profile.php?id=100012345",
    ),
    (
        "https://www.facebook.com/pages/Corner-Bakery/123456789?fref=x",
        "facebook",
        "/pages/corner-bakery/123456789",
    ),
    ("https://www.facebook.com/people/Ada-B/100012345/", "facebook", "/people/ada-b/100012345"),
    ("https://www.facebook.com/groups/ryebread", "facebook", "/groups/ryebread"),
    ("https://www.facebook.com/Caf%C3%A9-Rye-123456", "facebook", "/caf%C3%A9-rye-123456"),
    ("https://twitter.com/CornerBakery", "x", "https://x.com/cornerbakery"),
    ("http://mobile.twitter.com/@CornerBakery?lang=de", "x", "https://x.com/cornerbakery"),
    ("https://twitter.com/#!/CornerBakery", "x", "https://x.com/cornerbakery"),
    ("https://x.com/CornerBakery/media", "x", "https://x.com/cornerbakery"),
    (
        "https://de.linkedin.com/company/Corner-Bakery/?trk=x",
        "linkedin",
        "/company/corner-bakery",
    ),
    ("https://www.linkedin.com/companies/12345", "linkedin", "/company/12345"),
    ("https://www.linkedin.com/in/ada-baker/de", "linkedin", "/in/ada-baker"),
    ("https://www.linkedin.com/pub/ada-baker/1a/2b/3c", "linkedin", "/pub/ada-baker/1a/2b/3c"),
    ("https://instagram.com/Corner.Bakery?igshid=x", "instagram", "/corner.bakery"),
    ("https://www.instagram.com/_u/corner_bakery/", "instagram", "/corner_bakery"),
    ("https://www.youtube.com/@CornerBakery/videos", "youtube", "/@cornerbakery"),
    (
        "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv?view_as=subscriber",
        "youtube",
        "/channel/UCabcdefghijklmnopqrstuv",
    ),
    ("https://www.youtube.com/user/CornerBakery", "youtube", "/user/cornerbakery"),
    ("https://www.youtube.com/c/CornerBakery/about", "youtube", "/c/cornerbakery"),
    ("https://www.youtube.com/cornerbakery", "youtube", "/cornerbakery"),
    ("https://www.tiktok.com/@corner.bakery?lang=de", "tiktok", "/@corner.bakery"),
    (
        "https://www.pinterest.co.uk/cornerbakery/_created/",
        "pinterest",
        "https://www.pinterest.com/cornerbakery",
    ),
    ("https://de.pinterest.com/cornerbakery", "pinterest", "/cornerbakery"),
    ("https://www.threads.net/@cornerbakery", "threads", "https://www.threads.com/@cornerbakery"),
    ("https://bsky.app/profile/bakery.test", "bluesky", "/profile/bakery.test"),
    ("https://mastodon.social/@bakery", "mastodon", "https://mastodon.social/@bakery"),
    ("https://chaos.social/users/bakery", "mastodon", "https://chaos.social/@bakery"),
    ("https://wa.me/+491511234567?text=Hi", "whatsapp", "https://wa.me/491511234567"),
    (
        "https://api.whatsapp.com/send?phone=%2B491511234567&text=Hi",
        "whatsapp",
        "https://wa.me/491511234567",
    ),
    ("https://wa.me/message/ABCDEF123456", "whatsapp", "/message/ABCDEF123456"),
    ("https://t.me/s/cornerbakery", "telegram", "https://t.me/cornerbakery"),
    ("https://telegram.me/cornerbakery", "telegram", "https://t.me/cornerbakery"),
    ("https://github.com/Corner-Bakery", "github", "/corner-bakery"),
    ("https://github.com/orgs/corner-bakery", "github", "/corner-bakery"),
    ("https://www.xing.com/companies/cornerbakery", "xing", "/companies/cornerbakery"),
    ("https://www.xing.com/profile/Ada_Baker", "xing", "/profile/ada_baker"),
    ("https://vk.com/cornerbakery", "vk", "/cornerbakery"),
    ("https://vkontakte.ru/club123", "vk", "https://vk.com/club123"),
    (
        "https://www.yelp.co.uk/biz/corner-bakery-ulm?x=1",
        "yelp",
        "https://www.yelp.com/biz/corner-bakery-ulm",
    ),
    (
        "https://www.tripadvisor.de/Restaurant_Review-g1-d2-Reviews-Corner_Bakery-Ulm.html",
        "tripadvisor",
        "https://www.tripadvisor.com/Restaurant_Review-g1-d2-Reviews-Corner_Bakery-Ulm.html",
    ),
    ("https://vimeo.com/cornerbakery", "vimeo", "/cornerbakery"),
    ("https://www.snapchat.com/add/cornerbakery", "snapchat", "/add/cornerbakery"),
    ("https://old.reddit.com/r/Rye/", "reddit", "/r/rye"),
    ("https://www.reddit.com/u/ada", "reddit", "/user/ada"),
    ("https://medium.com/@cornerbakery", "medium", "/@cornerbakery"),
    ("https://medium.com/corner-bakery", "medium", "/corner-bakery"),
    ("https://soundcloud.com/cornerbakery", "soundcloud", "/cornerbakery"),
    ("https://www.twitch.tv/cornerbakery", "twitch", "/cornerbakery"),
    ("https://discord.gg/AbCdEf", "discord", "/AbCdEf"),
    ("https://discord.com/invite/AbCdEf", "discord", "https://discord.gg/AbCdEf"),
    ("https://www.behance.net/cornerbakery", "behance", "/cornerbakery"),
    ("https://dribbble.com/cornerbakery", "dribbble", "/cornerbakery"),
    ("https://www.flickr.com/photos/12345@N01", "flickr", "/people/12345@n01"),
    ("https://www.facebook.com/pages/category/Bakery/Corner-Bakery-123456/", "facebook", "/123456"),
    ("https://www.facebook.com/pages/Ulm/Corner-Bakery/123456789", "facebook", "/123456789"),
    (
        "https://www.facebook.com/p/Corner-Bakery-100012345/",
        "facebook",
        "/p/corner-bakery-100012345",
    ),
    ("https://twitter.com/#%21/CornerBakery", "x", "https://x.com/cornerbakery"),
    ("https://twitter.com/%23!/CornerBakery", "x", "https://x.com/cornerbakery"),
    (
        "https://www.linkedin.com/profile/view?id=123456&trk=x",
        "linkedin",
        "/profile/view?id=123456",
    ),
    (
        "https://plus.google.com/u/0/123456789012345678901/posts",
        "googleplus",
        "/123456789012345678901",
    ),
    ("https://plus.google.com/+CornerBakery/about", "googleplus", "/+CornerBakery"),
    ("https://www.google.com/+CornerBakery", "googleplus", "https://plus.google.com/+CornerBakery"),
    ("https://web.whatsapp.com/send?phone=+49 (151) 123-4567", "whatsapp", "/491511234567"),
    ("https://chat.whatsapp.com/AbCdEf123456789012", "whatsapp", "/AbCdEf123456789012"),
    ("https://m.me/cornerbakery", "messenger", "/cornerbakery"),
    ("https://chats.viber.com/cornerbakery", "viber", "/cornerbakery"),
    ("https://line.me/ti/p/~cornerbakery", "line", "https://line.me/R/ti/p/cornerbakery"),
    ("https://lin.ee/AbCdEf1", "line", "https://lin.ee/AbCdEf1"),
    ("http://pf.kakao.com/_abcde/chat", "kakaotalk", "/_abcde"),
    ("https://zalo.me/0912345678", "zalo", "/0912345678"),
    ("https://weibo.com/u/1234567890?x=1", "weibo", "/u/1234567890"),
    ("https://weibo.com/cornerbakery", "weibo", "/cornerbakery"),
    ("https://ok.ru/group/123456789", "odnoklassniki", "/group/123456789"),
    ("https://ok.ru/cornerbakery", "odnoklassniki", "/cornerbakery"),
    ("https://dzen.ru/cornerbakery", "dzen", "/cornerbakery"),
    ("https://rutube.ru/channel/123456/", "rutube", "/channel/123456"),
    ("https://foursquare.com/v/corner-bakery/4b0588abf964a52012345678", "foursquare", "12345678"),
    ("https://de.trustpilot.com/review/bakery.test", "trustpilot", "/review/bakery.test"),
    ("https://www.houzz.de/pro/cornerbakery/corner", "houzz", "/pro/cornerbakery"),
    ("https://open.spotify.com/intl-de/artist/AbC123", "spotify", "/artist/AbC123"),
    ("https://podcasts.apple.com/de/podcast/rye/id1234567", "apple_podcasts", "/podcast/id1234567"),
    ("https://itunes.apple.com/us/podcast/rye/id1234567?mt=2", "apple_podcasts", "/id1234567"),
    ("https://cornerbakery.bandcamp.com/", "bandcamp", "https://cornerbakery.bandcamp.com"),
    ("https://www.mixcloud.com/cornerbakery/", "mixcloud", "/cornerbakery"),
    ("http://cornerbakery.tumblr.com", "tumblr", "https://cornerbakery.tumblr.com"),
    ("https://www.tumblr.com/blog/cornerbakery", "tumblr", "https://cornerbakery.tumblr.com"),
    ("https://cornerbakery.substack.com/", "substack", "https://cornerbakery.substack.com"),
    ("http://cornerbakery.deviantart.com/", "deviantart", "/cornerbakery"),
    ("http://cornerbakery.livejournal.com", "livejournal", "https://cornerbakery.livejournal.com"),
    ("http://www.myspace.com/cornerbakery", "myspace", "/cornerbakery"),
    ("https://www.dailymotion.com/cornerbakery", "dailymotion", "/cornerbakery"),
    ("https://rumble.com/c/cornerbakery", "rumble", "/c/cornerbakery"),
    ("https://www.patreon.com/c/cornerbakery", "patreon", "/cornerbakery"),
    ("https://ko-fi.com/cornerbakery", "kofi", "/cornerbakery"),
    ("https://linktr.ee/cornerbakery", "linktree", "/cornerbakery"),
    ("https://www.slideshare.net/cornerbakery/presentations", "slideshare", "/cornerbakery"),
    ("https://issuu.com/cornerbakery/docs", "issuu", "/cornerbakery"),
    ("https://www.etsy.com/de/shop/CornerBakery?ref=x", "etsy", "/shop/cornerbakery"),
    ("https://www.kununu.com/de/corner-bakery/kommentare", "kununu", "/de/corner-bakery"),
    (
        "https://www.glassdoor.de/Overview/Working-at-Corner-EI_IE12.11,17.htm",
        "glassdoor",
        "/Overview/Working-at-Corner-EI_IE12.11,17.htm",
    ),
    ("https://www.crunchbase.com/organization/corner-bakery", "crunchbase", "/corner-bakery"),
    ("https://angel.co/company/corner-bakery", "wellfound", "/company/corner-bakery"),
    ("https://clutch.co/profile/corner-bakery", "clutch", "/profile/corner-bakery"),
    ("https://www.producthunt.com/products/rye", "producthunt", "/products/rye"),
    ("https://gitlab.com/corner-bakery", "gitlab", "/corner-bakery"),
    ("https://bitbucket.org/cornerbakery/", "bitbucket", "/cornerbakery"),
    ("https://stackoverflow.com/users/1234/ada", "stackoverflow", "/users/1234"),
    ("https://www.meetup.com/de-DE/rye-bakers-ulm/", "meetup", "/rye-bakers-ulm"),
    ("https://flipboard.com/@cornerbakery", "flipboard", "/@cornerbakery"),
    ("https://truthsocial.com/@cornerbakery", "truthsocial", "/@cornerbakery"),
    ("https://steamcommunity.com/groups/rye", "steam", "/groups/rye"),
    ("https://mastodon.bakery.test/@rye", "mastodon", "https://mastodon.bakery.test/@rye"),
    ("https://bakers.social/@rye", "mastodon", "https://bakers.social/@rye"),
]

NO_PROFILES = [
    "",
    "/about",
    "mailto:a@facebook.com",
    "https://bakery.test/facebook.com/rye",
    "https://notfacebook.com/rye",
    "https://facebook.com.evil.test/rye",
    "https://user@facebook.com/rye",
    "https://www.facebook.com/",
    "https://www.facebook.com/sharer/sharer.php?u=https://bakery.test",
    "https://www.facebook.com/sharer.php?u=x",
    "https://www.facebook.com/share.php?u=x",
    "https://www.facebook.com/dialog/feed?app_id=1",
    "https://www.facebook.com/plugins/like.php?href=x",
    "https://www.facebook.com/tr?id=1&ev=PageView",
    "https://www.facebook.com/cornerbakery/posts/123",
    "https://www.facebook.com/cornerbakery/videos/123",
    "https://www.facebook.com/events/123456",
    "https://www.facebook.com/groups",
    "https://www.facebook.com/profile.php",
    "https://www.facebook.com/login.php?next=x",
    "https://l.facebook.com/l.php?u=x",
    "https://developers.facebook.com/docs",
    "https://business.facebook.com/rye",
    "https://twitter.com/intent/tweet?text=x",
    "https://twitter.com/share?url=x",
    "https://twitter.com/home?status=x",
    "https://twitter.com/cornerbakery/status/123",
    "https://twitter.com/hashtag/rye",
    "https://x.com/i/flow/login",
    "https://platform.twitter.com/widgets.js",
    "https://www.linkedin.com/shareArticle?mini=true",
    "https://www.linkedin.com/sharing/share-offsite/?url=x",
    "https://www.linkedin.com/feed/update/urn:li:activity:1",
    "https://www.linkedin.com/company/",
    "https://www.instagram.com/p/AbC/",
    "https://www.instagram.com/explore/tags/rye/",
    "https://www.youtube.com/watch?v=abc",
    "https://www.youtube.com/embed/abc",
    "https://www.youtube.com/playlist?list=abc",
    "https://www.youtube.com/shorts/abc",
    "https://youtu.be/abc",
    "https://www.tiktok.com/@rye/video/123",
    "https://www.pinterest.com/pin/create/button/?url=x",
    "https://www.pinterest.com/pin/123/",
    "https://assets.pinterest.com/js/pinit.js",
    "https://www.threads.net/@rye/post/abc",
    "https://bsky.app/intent/compose?text=x",
    "https://bsky.app/profile/bakery.test/post/abc",
    "https://mastodon.social/@bakery/123",
    "https://mastodon.social/share?text=x",
    "https://wa.me/?text=x",
    "https://api.whatsapp.com/send?text=x",
    "https://t.me/share/url?url=x",
    "https://t.me/cornerbakery/123",
    "https://t.me/joinchat/abc",
    "https://github.com/corner-bakery/site",
    "https://github.com/features",
    "https://gist.github.com/ada",
    "https://www.xing.com/spi/shares/new?url=x",
    "https://vk.com/share.php?url=x",
    "https://vk.com/wall-1_2",
    "https://www.yelp.com/search?x",
    "https://www.tripadvisor.com/",
    "https://vimeo.com/123456",
    "https://player.vimeo.com/video/123",
    "https://www.reddit.com/submit?url=x",
    "https://www.reddit.com/r/rye/comments/1/x/",
    "https://medium.com/@ada/post-1",
    "https://medium.com/p/abc",
    "https://discord.com/login",
    "https://www.facebook.com/notes.php",
    "https://www.facebook.com/cornerbakery.php",
    "https://plus.google.com/share?url=x",
    "https://www.google.com/maps/place/x",
    "https://www.tumblr.com/share/link?url=x",
    "https://www.tumblr.com/privacy",
    "https://cornerbakery.tumblr.com/post/123",
    "https://help.bandcamp.com/articles/1",
    "https://foursquare.com/v/corner-bakery/4b0588abf964a520",
    "https://connect.ok.ru/offer?url=x",
    "https://bakers.social/@rye/12345",
    "https://www.patreon.com/login",
    "https://open.spotify.com/track/AbC123",
    "https://www.facebook.com/" + "a" * 3_000,
    "http://[facebook.com/rye",
    "https://",
]


@pytest.mark.parametrize(("url", "network", "canonical"), PROFILES)
def test_profiles(url: str, network: str, canonical: str) -> None:
    found = profile(url)
    assert found is not None
    assert found.network == network
    assert found.url.startswith("https://")
    assert found.url.endswith(canonical)
    assert profile(found.url) == found


HANDLES = [
    ("https://www.facebook.com/CornerBakery", "cornerbakery"),
    ("https://www.facebook.com/profile.php?id=100012345", "100012345"),
    ("https://www.facebook.com/pages/Corner-Bakery/123456789", "123456789"),
    ("https://www.youtube.com/@CornerBakery", "cornerbakery"),
    ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "UCabcdefghijklmnopqrstuv"),
    ("https://www.linkedin.com/company/corner-bakery/about/", "corner-bakery"),
    ("https://mastodon.social/@rye", "rye"),
    ("https://cornerbakery.tumblr.com/", "cornerbakery"),
    ("https://plus.google.com/+CornerBakery", "CornerBakery"),
    ("https://wa.me/491511234567", "491511234567"),
]


@pytest.mark.parametrize(("url", "handle"), HANDLES)
def test_handles(url: str, handle: str) -> None:
    found = profile(url)
    assert found is not None
    assert found.handle == handle


@pytest.mark.parametrize("url", NO_PROFILES)
def test_what_is_no_profile(url: str) -> None:
    assert profile(url) is None


def test_a_server_that_is_in_no_list() -> None:
    found = federated_profile("https://Rye.test/@Baker/")
    assert found == ("mastodon", "https://rye.test/@baker", "baker")
    assert federated_profile("https://rye.test/@baker/1") is None
    assert federated_profile("https://rye.test/baker") is None
    assert federated_profile("https://www.tiktok.com/@baker") is None  # known for another network
    assert federated_profile("https://localhost/@baker") is None


def test_every_network_has_a_case() -> None:
    assert {network.name for network in networks()} == {network for _, network, _ in PROFILES}


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    host=st.sampled_from([network.hosts[0].replace("*", "de") for network in networks()]),
    path=st.text(st.characters(), max_size=20),
)
def test_any_url_is_read(host: str, path: str) -> None:
    profile(path)
    profile(f"https://{host}{path}")
    federated_profile(f"https://{host}{path}")
    found = profile(f"https://www.{host}/{path}")
    assert found is None or found.url.isascii()
