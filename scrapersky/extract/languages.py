"""Language tags (BCP 47, RFC 5646)."""

import re


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ISO 639-1, as in the IANA Language Subtag Registry.
_TWO_LETTERS = _codes(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)

# Languages without a two-letter code that web sites are written in.
_THREE_LETTERS = _codes(
    "ace arz ast bar bcl ban bjn bho ceb chr ckb crh csb diq dsb fil frr fur gsw hak haw hil hmn "
    "hsb ilo kab kea ksh lad lij lld lmo mai mhr min mwl nan nap nds new nso pag pam pap pcd pms "
    "prs rmy rup sah sat scn sco sgs shi skr srn szl tcy tet tpi tzm vec vep war wuu xmf yue zgh"
)

# Retired codes (the registry's Preferred-Value), ISO 639-2's three letters where two exist, and
# countries written for the language that is spoken there, where that code is no language of its
# own.
_ALIASES = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "ara": "ar",
    "bul": "bg",
    "cat": "ca",
    "ces": "cs",
    "chi": "zh",
    "cze": "cs",
    "dan": "da",
    "deu": "de",
    "dut": "nl",
    "ell": "el",
    "eng": "en",
    "est": "et",
    "fin": "fi",
    "fra": "fr",
    "fre": "fr",
    "ger": "de",
    "gre": "el",
    "heb": "he",
    "hin": "hi",
    "hrv": "hr",
    "hun": "hu",
    "ind": "id",
    "ita": "it",
    "jpn": "ja",
    "kor": "ko",
    "lav": "lv",
    "lit": "lt",
    "nld": "nl",
    "nob": "nb",
    "nor": "no",
    "pol": "pl",
    "por": "pt",
    "ron": "ro",
    "rum": "ro",
    "rus": "ru",
    "slk": "sk",
    "slo": "sk",
    "slv": "sl",
    "spa": "es",
    "srp": "sr",
    "swe": "sv",
    "tha": "th",
    "tur": "tr",
    "ukr": "uk",
    "vie": "vi",
    "zho": "zh",
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "jp": "ja",
    "ua": "uk",
}

_SCRIPTS = _codes(
    "Arab Armn Beng Cyrl Deva Ethi Geor Grek Gujr Guru Hang Hans Hant Hebr Jpan Khmr Knda Kore "
    "Laoo Latn Mlym Mong Mymr Orya Sinh Taml Telu Tfng Thai Tibt"
)

# ISO 3166-1, and the three areas of UN M.49 that web sites use.
_REGIONS = _codes(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA "
    "ZM ZW 001 150 419"
)

_SUBTAGS = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,8}")


def normalise_language(tag: str) -> str | None:
    """The tag as `language[-Script][-REGION]` in BCP 47's case; None when its language is none.

    Underscores and a POSIX charset (`de_DE.UTF-8`) are forgiven. Variants and extensions go, as do
    scripts and regions that do not exist (`en-EN` is `en`); `UK` is `GB`.
    """
    tag = tag.strip().partition(".")[0]
    if len(tag) > 80 or not _SUBTAGS.fullmatch(tag):
        return None
    language, *rest = tag.replace("_", "-").lower().split("-")
    language = _ALIASES.get(language, language)
    if language not in _TWO_LETTERS and language not in _THREE_LETTERS:
        return None
    script = rest[0].title() if rest else ""
    if script in _SCRIPTS:
        language, rest = f"{language}-{script}", rest[1:]
    region = rest[0].upper() if rest else ""
    region = "GB" if region == "UK" else region
    return f"{language}-{region}" if region in _REGIONS else language
