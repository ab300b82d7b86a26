import pytest

from scrapersky.extract.page import parse_page
from scrapersky.extract.visible_text import visible_text


@pytest.mark.parametrize(
    ("html", "parted", "joined"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree", "one\ntwo\nthree"),
        ("<table><tr><td>a<th>b<tr><td>c</table>", "a\tb\nc", "a\tb\nc"),
        ("a<b>b</b>c", "abc", "abc"),
        ("<b>info</b><i>@</i><b>x.com</b>", "info @ x.com", "info@x.com"),
        ("<a>Home</a> <a>About</a>", "Home About", "Home About"),
        ("a <span style='display: none'>decoy</span> b", "a b", "a b"),
        ("<div style='display:none'>menu</div>", "menu", "menu"),
        ("<p>a<script>x</script><style>y</style><!-- z -->b", "ab", "ab"),
        ("<select><option>Monday</select><template>t</template><svg><text>s</text></svg>", "", ""),
        (" a \n\t\xa0 b ", "a b", "a b"),
        ("<div>" * 1_000 + "deep", "deep", "deep"),
        ("<td></td>" * 100_000 + "x", "x", "x"),
        ("<span>" * 3 + "a" + "</span><span>b</span>" * 2, "a b b", "abb"),
    ],
)
def test_visible_text(html: str, parted: str, joined: str) -> None:
    page = parse_page(html.encode(), url="https://x.test/", content_type=None)
    assert visible_text(page.tree) == (parted, joined)
