import pytest

from scrapersky.extract.contact_form import has_contact_form
from scrapersky.extract.page import parse_page

AREA = "<textarea name='message'></textarea>"


def read(body: str, *, url: str = "https://bakery.test/") -> bool:
    return has_contact_form(parse_page(body.encode(), url=url, content_type=None))


FORMS = [
    f"<form><input name='name'><input type='email' name='e'>{AREA}</form>",
    f"<form><input name='your-email'><input name='subject'>{AREA}</form>",
    f"<form><input placeholder='Ihr Name'><input placeholder='E-Mail'>{AREA}</form>",
    f"<form><label>Nom<input name=a></label><label>Courriel<input name=b></label>{AREA}</form>",
    f"<form class='wpcf7-form'><input name='f1'>{AREA}</form>",
    f"<form action='/feedback.php'>{AREA}</form>",
    f"<form id='contact'><input name='comments_name'>{AREA}</form>",
    f"<form><label>お名前</label><input><label>メール</label><input>{AREA}</form>",
    (
        "<form class='gform_1'><input type='tel' name='i1'><label>Phone</label><label>Name</label>"
        "<input name='i2'><input type='email'></form>"
    ),
    # without a form: for scripts, or broken by a table
    f"<div><input name='name'><input type='email'>{AREA}</div>",
]

OTHERS = [
    "",
    "<form role='search'><input name='q'></form>",
    "<form><input name='email'><input type='password' name='p'></form>",
    f"<form><input name='name'><input name='email'><input type='password'>{AREA}</form>",
    "<form class='newsletter'><input type='email' name='email'></form>",
    (
        "<form action='https://x.us1.list-manage.com/subscribe'><input name='NAME'><input "
        "name='EMAIL'><input name='PHONE'></form>"
    ),
    (
        "<form action='/wp-comments-post.php'><input name='author'><input name='email'>"
        "<textarea name='comment'></textarea></form>"
    ),
    "<form><input name='author'><input name='email'><input name='url'><textarea></textarea></form>",
    f"<form id='write_review'><input name='name'><input name='email'>{AREA}</form>",
    f"<form><input name='name'><input name='email'><input type=radio name='rating'>{AREA}</form>",
    f"<form name='cart_quantity'><input name='name'><input name='email'>{AREA}</form>",
    f"<form action='newreply.php'><input name='title'>{AREA}</form>",
    "<form><textarea name='g-recaptcha-response'></textarea><input name='q'></form>",
    "<textarea>some code</textarea>",
]

EMBEDDED = [
    "<script>hbspt.forms.create({portalId: 1})</script>",
    '<div data-tf-widget="abc"></div>',
    '<iframe src="https://form.jotform.com/1"></iframe>',
    '<iframe src="https://docs.google.com/forms/d/e/1/viewform"></iframe>',
]


@pytest.mark.parametrize("body", FORMS)
def test_contact_forms(body: str) -> None:
    assert read(body)


@pytest.mark.parametrize("body", OTHERS)
def test_other_forms(body: str) -> None:
    assert not read(body)


@pytest.mark.parametrize("body", EMBEDDED)
def test_forms_that_scripts_put_in_count_on_contact_pages(body: str) -> None:
    assert read(body, url="https://bakery.test/contact")
    assert read(f"<h1>Kontakt</h1>{body}")
    assert not read(body)


def test_any_text_area_does_on_a_contact_page() -> None:
    form = f"<form><input name='adr'>{AREA}</form>"
    assert read(form, url="https://bakery.test/contact")
    assert not read(form)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "body",
    [
        "<form><textarea></textarea></form>" * 20_000,
        "<div>" * 1_500 + "<input name=a>" * 50_000 + "<textarea></textarea>" * 500,
        f"<form id=contact>{'<label>x</label><input>' * 50_000}</form>",
        f"<form class='{'a' * 500_000}'><textarea></textarea></form>",
        "<title>contact</title>" + 'class="' * 100_000,
    ],
)
def test_hostile_pages(body: str) -> None:
    read(body)
