"""Profiles on social networks, told from share buttons, posts and log-in pages."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote


@dataclass(slots=True, frozen=True, kw_only=True)
class Network:
    """One network: how addresses of profiles look there."""

    name: str
    hosts: tuple[str, ...]
    "Domains; `brand.*` stands for the brand under any country's top-level domain."
    profiles: tuple[tuple[str, str], ...]
    "Pattern of the whole path, without a slash at the end, and the canonical URL made from its "
    "groups."
    reserved: frozenset[str] = frozenset()
    "First groups, in lower case, that are the network's own pages."
    query: tuple[str, str] | None = None
    "A path whose profile is in the query, and the parameter's name: matched as `path?name=value`."
    lower: bool = True
    "Whether the network ignores case in names; then the canonical URL is in lower case."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAME = r"([\w.-]+)"
_SLUG = r"([\w.,'&()+-]+)"
_X_TABS = r"(?:/(?:with_replies|media|likes|followers|following))?"
_YOUTUBE_TABS = (
    r"(?:/(?:featured|videos|about|playlists|community|posts|shorts|streams|live|channels|"
    r"discussion|feed|join|podcasts|store))?"
)
_FACEBOOK_TABS = (
    r"(?:/(?:about|info|timeline|reviews|community|home|photos|videos|events|posts|"
    r"services|shop|menu|app_\d+|photos_stream))?"
)
_LINKEDIN_TABS = r"(?:/(?:about|life|jobs|people|posts|mycompany|products|home|[a-z]{2}))?"

NETWORKS = (
    Network(
        name="facebook",
        hosts=("facebook.com", "fb.com", "fb.me"),
        query=("/profile.php", "id"),
        profiles=(
            (r"/profile\.php\?id=(\d{5,20})", r"https://www.facebook.com/profile.php?id=\1"),
            (
                r"/pages/(?!category/)([^/]+)/(\d{5,20})(?:/.*)?",
                r"https://www.facebook.com/pages/\1/\2",
            ),
            (r"/pages/category/[^/]+/" + _SLUG, r"https://www.facebook.com/\1"),
            (r"/people/([\w.,'&()+-]+)/(\d{5,20})", r"https://www.facebook.com/people/\1/\2"),
            (r"/(?:pg/|p/)?" + _NAME + _FACEBOOK_TABS, r"https://www.facebook.com/\1"),
            (r"/(groups/[\w.-]+)(?:/about)?", r"https://www.facebook.com/\1"),
        ),
        reserved=_words(
            "2008 about ads ajax app apps business careers connect dialog directory e events "
            "facebook feed flx fr fundraisers games gaming groups hashtag help home home.php "
            "index.php l.php legal like.php login login.php marketplace media messages messenger "
            "notes notifications p pages people permalink.php pg photo photo.php photos plugins "
            "policies policy.php posts privacy profile.php public r.php recover reel reels reg "
            "search settings share share.php sharer sharer.php story.php terms terms.php tr v "
            "video video.php videos watch"
        ),
    ),
    Network(
        name="x",
        hosts=("x.com", "twitter.com"),
        profiles=((r"/@?(\w{1,15})" + _X_TABS, r"https://x.com/\1"),),
        reserved=_words(
            "about account compose download explore goodies hashtag home i intent jobs login "
            "logout messages notifications oauth privacy search settings share signin signup "
            "statuses tos tweetbutton twitter who_to_follow widgets"
        ),
    ),
    Network(
        name="linkedin",
        hosts=("linkedin.com",),
        profiles=(
            (
                r"/(?:company|companies|company-beta|organization-guest/company)/"
                + _SLUG
                + _LINKEDIN_TABS,
                r"https://www.linkedin.com/company/\1",
            ),
            (
                r"/(in|school|showcase)/" + _SLUG + _LINKEDIN_TABS,
                r"https://www.linkedin.com/\1/\2",
            ),
            (
                r"/pub/([\w.-]+/[\da-f]{1,4}/[\da-f]{1,4}/[\da-f]{1,4})",
                r"https://www.linkedin.com/pub/\1",
            ),
        ),
    ),
    Network(
        name="instagram",
        hosts=("instagram.com", "instagr.am"),
        profiles=(
            (
                r"/(?:_u/)?@?([A-Za-z0-9_.]{1,30})(?:/(?:reels|tagged|channel))?",
                r"https://www.instagram.com/\1",
            ),
        ),
        reserved=_words(
            "about accounts api ar developer direct embed.js explore instagram legal p privacy "
            "press reel reels session share stories terms tv web"
        ),
    ),
    Network(
        name="youtube",
        hosts=("youtube.com",),
        profiles=(
            (r"/(@[\w.·-]{3,60})" + _YOUTUBE_TABS, r"https://www.youtube.com/\1"),
            (r"/((?:c|user)/[\w.+-]+)" + _YOUTUBE_TABS, r"https://www.youtube.com/\1"),
            (r"/([A-Za-z0-9_-]{3,60})" + _YOUTUBE_TABS, r"https://www.youtube.com/\1"),
        ),
        reserved=_words(
            "about account ads attribution_link c channel clip create_channel creators e embed "
            "feed gaming hashtag howyoutubeworks iframe_api img intl kids live live_chat login "
            "music new oembed player_api playlist playlists post premium redirect results s share "
            "shorts signin source subscription_center t upload user v video videos view_play_list "
            "watch watch_popup yt"
        ),
    ),
    Network(  # ids of channels are case-sensitive, names are not
        name="youtube",
        hosts=("youtube.com",),
        profiles=(
            (
                r"/channel/(UC[A-Za-z0-9_-]{22})" + _YOUTUBE_TABS,
                r"https://www.youtube.com/channel/\1",
            ),
        ),
        lower=False,
    ),
    Network(
        name="tiktok",
        hosts=("tiktok.com",),
        profiles=((r"/@([\w.]{1,24})(?:/live)?", r"https://www.tiktok.com/@\1"),),
    ),
    Network(
        name="pinterest",
        hosts=("pinterest.*",),
        profiles=(
            (
                r"/([\w-]{3,30})(?:/(?:_saved|_created|boards|pins))?",
                r"https://www.pinterest.com/\1",
            ),
        ),
        reserved=_words(
            "about business categories create explore ideas js login logout pin pin-builder "
            "pinterest privacy search settings signup terms today topics"
        ),
    ),
    Network(
        name="threads",
        hosts=("threads.com", "threads.net"),
        profiles=((r"/@([\w.]{1,30})", r"https://www.threads.com/@\1"),),
    ),
    Network(
        name="bluesky",
        hosts=("bsky.app",),
        profiles=((r"/profile/([\w.:-]{3,253})", r"https://bsky.app/profile/\1"),),
    ),
    *(
        Network(
            name="mastodon",
            hosts=(host,),
            profiles=((r"/(?:@|users/)(\w[\w.-]{0,29})", rf"https://{host}/@\1"),),
        )
        for host in (
            "chaos.social",
            "fosstodon.org",
            "hachyderm.io",
            "infosec.exchange",
            "mas.to",
            "mastodon.cloud",
            "mastodon.nl",
            "mastodon.online",
            "mastodon.social",
            "mastodon.world",
            "mastodon.xyz",
            "mastodonapp.uk",
            "mstdn.jp",
            "mstdn.social",
            "norden.social",
            "piaille.fr",
            "techhub.social",
            "troet.cafe",
        )
    ),
    Network(
        name="whatsapp",
        hosts=("wa.me", "whatsapp.com"),
        query=("/send", "phone"),
        lower=False,
        profiles=(
            (r"/(?:send\?phone=)?\+?(\d{7,15})", r"https://wa.me/\1"),
            (r"/message/(\w{6,40})", r"https://wa.me/message/\1"),
            (r"/channel/(\w{6,60})", r"https://whatsapp.com/channel/\1"),
        ),
    ),
    Network(
        name="telegram",
        hosts=("t.me", "telegram.me", "telegram.dog"),
        profiles=((r"/(?:s/)?([A-Za-z]\w{3,31})", r"https://t.me/\1"),),
        reserved=_words(
            "addstickers addemoji addtheme confirmphone contact giftcode invoice joinchat login "
            "proxy setlanguage share socks"
        ),
    ),
    Network(
        name="github",
        hosts=("github.com",),
        profiles=((r"/(?:orgs/)?([A-Za-z0-9-]{1,39})", r"https://github.com/\1"),),
        reserved=_words(
            "about apps codespaces collections contact customer-stories enterprise events explore "
            "features github issues join login marketplace mobile new nonprofit notifications orgs "
            "partners pricing pulls readme resources search security settings signup site "
            "solutions sponsors team topics trending"
        ),
    ),
    Network(
        name="xing",
        hosts=("xing.com",),
        profiles=(
            (r"/(companies|pages)/" + _SLUG, r"https://www.xing.com/\1/\2"),
            (r"/profile/" + _SLUG + r"(?:/cv|/web_profiles)?", r"https://www.xing.com/profile/\1"),
        ),
    ),
    Network(
        name="vk",
        hosts=("vk.com", "vk.ru", "vkontakte.ru"),
        profiles=(
            (
                r"/(?!(?:wall|photo|video|album|topic|market|clip|doc|app)-?\d)([A-Za-z][\w.]{1,31})",
                r"https://vk.com/\1",
            ),
        ),
        reserved=_words(
            "about apps away away.php dev feed im join js login login.php market music search "
            "share share.php terms video widget_community.php"
        ),
    ),
    Network(
        name="yelp",
        hosts=("yelp.*",),
        profiles=((r"/biz/" + _SLUG, r"https://www.yelp.com/biz/\1"),),
    ),
    Network(
        name="tripadvisor",
        hosts=("tripadvisor.*",),
        lower=False,
        profiles=(
            (
                r"/([A-Z][A-Za-z]+_Review-g\d+-d\d+)(?:-[^/]*)?",
                r"https://www.tripadvisor.com/\1",
            ),
            (r"/(?:members|Profile)/([\w-]+)", r"https://www.tripadvisor.com/Profile/\1"),
        ),
    ),
    Network(
        name="vimeo",
        hosts=("vimeo.com",),
        profiles=((r"/((?:channels/)?(?!\d+(?:/|$))[\w-]+)", r"https://vimeo.com/\1"),),
        reserved=_words(
            "about album blog categories channels cookie_policy create enterprise event features "
            "for-hire groups help home join log_in login manage ondemand pricing privacy search "
            "settings share showcase site_map solutions stock terms upgrade upload watch"
        ),
    ),
    Network(
        name="snapchat",
        hosts=("snapchat.com",),
        profiles=((r"/(?:add/|@)([\w.-]{3,30})", r"https://www.snapchat.com/add/\1"),),
    ),
    Network(
        name="reddit",
        hosts=("reddit.com",),
        profiles=(
            (r"/(?:u|user)/([\w-]{3,30})", r"https://www.reddit.com/user/\1"),
            (r"/r/(\w{2,21})", r"https://www.reddit.com/r/\1"),
        ),
    ),
    Network(
        name="medium",
        hosts=("medium.com",),
        profiles=((r"/(@[\w.-]+|[a-z\d][a-z\d-]{2,60})(?:/about)?", r"https://medium.com/\1"),),
        reserved=_words(
            "about business creators explore-topics gift jobs-at-medium me membership new-story "
            "partner-program plans policy privacy search signin signup tag terms topics"
        ),
    ),
    Network(
        name="soundcloud",
        hosts=("soundcloud.com",),
        profiles=((r"/([\w-]{3,40})(?:/tracks|/sets|/albums)?", r"https://soundcloud.com/\1"),),
        reserved=_words(
            "charts discover download oembed pages player search share signin stream upload you"
        ),
    ),
    Network(
        name="twitch",
        hosts=("twitch.tv",),
        profiles=((r"/(\w{3,25})(?:/about|/videos)?", r"https://www.twitch.tv/\1"),),
        reserved=_words("directory downloads embed jobs login p search settings signup videos"),
    ),
    Network(
        name="discord",
        hosts=("discord.gg", "discord.com"),
        lower=False,
        profiles=((r"/(?:invite/)?([\w-]{2,40})", r"https://discord.gg/\1"),),
        reserved=_words(
            "api app assets blog branding careers channels company developers download guidelines "
            "invite jobs login newsroom nitro oauth2 open-source privacy register safety servers "
            "terms widget"
        ),
    ),
    Network(
        name="behance",
        hosts=("behance.net",),
        profiles=((r"/([\w-]{3,40})", r"https://www.behance.net/\1"),),
        reserved=_words("about blog gallery galleries joblist live login misc search"),
    ),
    Network(
        name="dribbble",
        hosts=("dribbble.com",),
        profiles=((r"/([\w-]{2,40})", r"https://dribbble.com/\1"),),
        reserved=_words(
            "about contact designers hiring jobs login pro search session shots signup stories "
            "tags terms"
        ),
    ),
    Network(
        name="flickr",
        hosts=("flickr.com",),
        profiles=((r"/(?:photos|people)/([\w@-]{3,60})", r"https://www.flickr.com/people/\1"),),
        reserved=_words("tags upload"),
    ),
)


@dataclass(slots=True, frozen=True)
class _Compiled:
    network: Network
    rules: tuple[tuple[re.Pattern[str], str], ...] = field(default=())


def _by_host() -> dict[str, tuple[_Compiled, ...]]:
    table: dict[str, tuple[_Compiled, ...]] = {}
    for network in NETWORKS:
        flags = re.IGNORECASE if network.lower else re.NOFLAG
        rules = tuple((re.compile(rule, flags), url) for rule, url in network.profiles)
        for host in network.hosts:
            table[host] = (*table.get(host, ()), _Compiled(network, rules))
    return table


_TABLE = _by_host()
_URL = re.compile(
    r"\s*(?:https?:)?//(?P<host>[^/?#\s:@\\]+)(?::\d{0,5})?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
# Below these, a host is the network's web site; below others (help, developers, l, player, …) it
# is not.
_SUBDOMAINS = re.compile(
    r"(?:www|web|m|mobile|touch|mbasic|api|old|new|business|[a-z]{2}|[a-z]{2}-[a-z]{2})"
)
_SUBDOMAINS_ELSEWHERE = {"api": "whatsapp", "business": "pinterest"}
_COUNTRY = re.compile(r"[a-z]{2,3}(?:\.[a-z]{2})?")


def profile(url: str) -> tuple[str, str] | None:
    """The network and the canonical https URL of the profile that the URL leads to, if it does.

    None for what is no profile: share, log-in and widget links, single posts, a network's front
    page. Query and fragment go, save where they hold the name.
    """
    match = _URL.match(url)
    if match is None:
        return None
    for entry in _entries(match["host"].lower().rstrip(".")):
        found = _matched(entry, _target(entry.network, match))
        if found:
            return entry.network.name, found
    return None


def _entries(host: str) -> tuple[_Compiled, ...]:
    labels = host.split(".")
    if len(labels) < 2:
        return ()
    domain = f"{labels[-2]}.{labels[-1]}"
    entries = _TABLE.get(domain)
    if entries is None:
        return _branded(labels)
    return entries if _is_site(".".join(labels[:-2]), entries[0].network.name) else ()


def _branded(labels: list[str]) -> tuple[_Compiled, ...]:
    for position in (len(labels) - 2, len(labels) - 3):
        entries = _TABLE.get(f"{labels[position]}.*") if position >= 0 else None
        if entries and _COUNTRY.fullmatch(".".join(labels[position + 1 :])):
            subdomain = ".".join(labels[:position])
            return entries if _is_site(subdomain, entries[0].network.name) else ()
    return ()


def _is_site(subdomain: str, network: str) -> bool:
    if not subdomain:
        return True
    if not _SUBDOMAINS.fullmatch(subdomain):
        return False
    return _SUBDOMAINS_ELSEWHERE.get(subdomain, network) == network


def _target(network: Network, match: re.Match[str]) -> str:
    """What the patterns are matched with: the path, and the query where the profile is in it."""
    path = match["path"] or ""
    fragment = match["fragment"] or ""
    if path in {"", "/"} and fragment.startswith("!/"):  # "hash-bang" URLs of 2011
        path = fragment[1:].partition("?")[0]
    path = unquote(path, errors="replace").strip().rstrip("/")
    path = "/" + path.lstrip("/")
    if network.query and path == network.query[0]:
        name = network.query[1]
        return f"{path}?{name}={_parameter(match['query'] or '', name)}"
    return path


def _parameter(query: str, name: str) -> str:
    try:
        return parse_qs(query.replace("&amp;", "&"), max_num_fields=50).get(name, [""])[0].strip()
    except ValueError:
        return ""


def _matched(entry: _Compiled, target: str) -> str | None:
    if len(target) > 300:
        return None
    for pattern, canonical in entry.rules:
        match = pattern.fullmatch(target)
        if match and match[1].lower() not in entry.network.reserved:
            url = match.expand(canonical)
            return quote(url.lower() if entry.network.lower else url, safe="/:?=@+,'&()")
    return None
