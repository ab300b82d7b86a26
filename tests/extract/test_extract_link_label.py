import pytest
from lxml.html import fragment_fromstring

from scrapersky.extract.link_label import LinkLabel, link_label


def read(html: str, network: str = "facebook") -> LinkLabel:
    return link_label(fragment_fromstring(html), network)


@pytest.mark.parametrize(
    "html",
    [
        "<a>Facebook</a>",
        "<a>Visit our FACEBOOK page</a>",
        "<a title='Facebook'></a>",
        "<a aria-label='Like us on Facebook'></a>",
        "<a class='icon-fb'></a>",
        "<a><i class='fa fa-facebook-f'></i></a>",
        "<a><img src='/img/facebook24.png'></a>",
        "<a><img alt='Facebook'></a>",
        "<a><svg><use xlink:href='#fb'></use></svg></a>",
    ],
)
def test_labels_that_name_the_network(html: str) -> None:
    assert read(html).names_network


@pytest.mark.parametrize(
    "html",
    [
        "<a>Ada Baker</a>",
        "<a>https://www.facebook.com/ada</a>",
        "<a><img src='/facebook/ada.png'></a>",
        f"<a>Facebook {'and much more that is no label ' * 3}</a>",
        "<a></a>",
    ],
)
def test_labels_that_do_not(html: str) -> None:
    assert not read(html).names_network


def test_icons_and_invitations() -> None:
    assert read("<a><img src='a.png'></a>").iconic
    assert not read("<a>Ada</a>").iconic
    assert read("<a class='social-link'>x</a>").inviting
    assert not read("<a>Ada</a>").inviting
    assert read("<a>X</a>", "x").names_network
    assert not read("<a>Xenia</a>", "x").names_network
