import pytest

from scrapersky.extract.language_detection import detected_language, page_language
from scrapersky.extract.page import Page, parse_page

TEXTS = {
    "en": "We bake our bread every morning from flour that comes from the mill around the corner.",
    "de": "Wir backen unser Brot jeden Morgen aus Mehl, das aus der Mühle um die Ecke kommt.",
    "fr": "Nous cuisons notre pain tous les matins avec de la farine du moulin d'à côté.",
    "es": "Horneamos nuestro pan todas las mañanas con harina del molino de la esquina.",
    "it": "Ogni mattina inforniamo il nostro pane con la farina del mulino dietro l'angolo.",
    "nl": "Elke ochtend bakken wij ons brood met meel van de molen om de hoek van de straat.",
    "pt": "Todas as manhãs fazemos o nosso pão com a farinha do moinho ali da esquina.",
    "pl": "Każdego ranka pieczemy nasz chleb z mąki, która pochodzi z pobliskiego młyna.",
    "cs": "Každé ráno pečeme náš chléb z mouky, která pochází z mlýna hned za rohem.",
    "ru": "Каждое утро мы печём хлеб из муки, которую привозят с мельницы за углом.",
    "uk": "Щоранку ми печемо хліб із борошна, яке привозять із млина за рогом.",
    "tr": "Her sabah ekmeğimizi köşedeki değirmenden gelen unla kendimiz pişiriyoruz.",
    "sv": "Varje morgon bakar vi vårt bröd av mjöl som kommer från kvarnen runt hörnet.",
    "fi": "Leivomme joka aamu leipämme jauhoista, jotka tulevat kulman takana olevasta myllystä.",
    "el": "Κάθε πρωί ψήνουμε το ψωμί μας με αλεύρι από τον μύλο της γειτονιάς.",
    "ar": "نخبز خبزنا كل صباح من الدقيق الذي يأتي من المطحنة القريبة من المخبز.",
    "ja": "毎朝、角を曲がったところにある製粉所の小麦粉でパンを焼いています。",
    "zh": "我们每天早上用街角磨坊送来的面粉烤制面包，欢迎各位光临小店品尝。",
    "ko": "우리는 매일 아침 모퉁이 방앗간에서 온 밀가루로 빵을 굽습니다.",
}


def page(text: str, *, lang: str = "") -> Page:
    html = f'<html lang="{lang}"><body><p>{text}</p></body></html>'
    return parse_page(html.encode(), url="https://bakery.test/", content_type=None)


@pytest.mark.parametrize("language", TEXTS)
def test_languages(language: str) -> None:
    found = detected_language(page(f"{TEXTS[language]} {TEXTS[language]}"))
    assert found is not None
    assert found.value == language


def test_prose_goes_before_menus() -> None:
    menu = "".join(f"<li>{word}</li>" for word in ("Home", "About us", "Services", "Contact") * 20)
    found = detected_language(page(f"<ul>{menu}</ul><p>{TEXTS['de']}</p><p>{TEXTS['de']}</p>"))
    assert found is not None
    assert found.value == "de"


@pytest.mark.parametrize("text", ["", "Rye", "+49 731 123456", "a@rye.test " * 30, "1 2 3 " * 300])
def test_too_little_text(text: str) -> None:
    assert detected_language(page(text)) is None
    found = page_language(page(text, lang="de-AT"))
    assert found is not None
    assert found.value == "de-AT"
    assert page_language(page(text)) is None


def test_a_wrong_declaration() -> None:
    found = page_language(page(TEXTS["it"] * 3, lang="en"))
    assert found is not None
    assert (found.value, found.source) == ("it", "text")


@pytest.mark.parametrize(
    ("language", "declared"), [("de", "de-CH"), ("en", "en-GB"), ("zh", "zh-Hant-TW")]
)
def test_a_right_declaration_says_more(language: str, declared: str) -> None:
    found = page_language(page(TEXTS[language] * 3, lang=declared))
    assert found is not None
    assert (found.value, found.source) == (declared, "html lang")


def test_confidence_grows_with_the_text() -> None:
    short, long = detected_language(page(TEXTS["fr"])), detected_language(page(TEXTS["fr"] * 5))
    assert short is not None
    assert long is not None
    assert short.confidence < long.confidence <= 1.0


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text", ["a" * 500_000, "@" * 500_000, "\u4e00" * 300_000, "b\n" * 200_000]
)
def test_hostile_texts(text: str) -> None:
    detected_language(page(text))
