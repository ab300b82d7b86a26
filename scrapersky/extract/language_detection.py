"""The language that the visible text of a page is in."""

import re
from functools import cache, lru_cache
from typing import Any

from scrapersky.extract.found import Found
from scrapersky.extract.metadata import language
from scrapersky.extract.page import Page
from scrapersky.extract.words import words

_SAMPLE = 600
"""Characters that are looked at. 3,000 gave another answer on one of 481 pages, a mixed one."""
_SENTENCE = 40
"""Characters from which a line is taken for prose, not for a menu's."""
_MAX_LINES = 2_000
_FEWEST_LETTERS = 40
_SURE = 0.7

# Of the model's 140 those that web sites of businesses are in; the others only add errors.
_LANGUAGES = words(
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is "
    "it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms mt my ne nl no pa pl pt ro ru si sk sl sq "
    "sr sv sw ta te th tl tr uk ur uz vi zh"
)
# Languages that one text may well be called: there the page's own word goes before a guess.
_KIN = (frozenset({"bs", "hr", "sr"}), frozenset({"id", "ms"}), frozenset({"nb", "nn", "no"}))

_LETTERS = re.compile(r"[^\W\d_]+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


# Asked for by itself, and again for what a reader would say.
@lru_cache(maxsize=1)
def detected_language(page: Page) -> Found | None:
    """An ISO 639-1 code, by the text that a visitor sees; None when there is too little of it.

    Japanese, Chinese and Korean by their scripts, the others by py3langid. The confidence is the
    model's probability, less for short texts.
    """
    sample = _sample(page.text)
    letters = sum(map(len, _LETTERS.findall(sample)))
    code = _by_script(sample)
    if code:
        return Found(value=code, source="script", confidence=0.95)
    if letters < _FEWEST_LETTERS:
        return None
    code, probability = _model().classify(sample)
    confidence = round(float(probability) * min(1.0, letters / 200), 3)
    return Found(value=code, source="text", confidence=confidence)


def page_language(page: Page) -> Found | None:
    """What a reader would say: the detected language, else the declared one.

    The declared tag stands when it agrees, as it may name a region, and when the text is too short
    or too mixed to be sure.
    """
    declared = language(page, page.metas)
    detected = detected_language(page)
    if declared is None or detected is None:
        return declared or detected
    if _alike(declared.value.partition("-")[0], detected.value) or detected.confidence < _SURE:
        return declared
    return detected


def _alike(one: str, other: str) -> bool:
    return one == other or any(one in kin and other in kin for kin in _KIN)


def _sample(text: str) -> str:
    """Lines of prose; what menus say where there is little of it."""
    lines = text.split("\n", _MAX_LINES)[:_MAX_LINES]
    prose = _joined([line for line in lines if len(line) >= _SENTENCE])
    return prose if len(prose) >= _SAMPLE // 4 else _joined(lines)


def _joined(lines: list[str]) -> str:
    taken: list[str] = []
    length = 0
    for line in lines:
        if length >= _SAMPLE:
            break
        words = line[: _SAMPLE - length].split()
        if "@" in line or "//" in line or "www." in line:
            words = [word for word in words if not _is_address(word)]
        taken.append(" ".join(words))
        length += len(taken[-1]) + 1
    return "\n".join(taken)


def _is_address(word: str) -> bool:
    return "@" in word or "//" in word or word.startswith("www.")


def _by_script(sample: str) -> str | None:
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    # A character is worth about three Latin letters.
    if 3 * (han + kana + hangul) < len(sample) / 2 or han + kana + hangul < 8:
        return None
    if hangul > han + kana:
        return "ko"
    return "ja" if 10 * kana > han else "zh"


@cache
def _model() -> Any:
    """The model, loaded when first needed, cut down to the languages that are wanted.

    Half a second, and 60 MB that stay, most of it one table of transitions; 100 MB for a moment.
    A second object is built since `set_languages` keeps the whole table beside the smaller one.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 0.1 s with numpy

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    kept = [place for place, code in enumerate(whole.nb_classes) if code in _LANGUAGES]
    return LanguageIdentifier(
        whole.nb_ptc[:, kept].copy(),  # row by row in memory, as it is read
        whole.nb_pc[kept],
        [whole.nb_classes[place] for place in kept],
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
