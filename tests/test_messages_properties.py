from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_assistant.messages import Locale, accepted_locale

LOCALES: st.SearchStrategy[Locale] = st.sampled_from(("zh", "en"))
HEADERS = st.text(st.characters(max_codepoint=255), max_size=30) | st.lists(
    st.sampled_from(["zh", "zh-CN", "en-GB", "de", "*", ";q=0.5", ",", " ", "ENGLISH"])
).map("".join)


@given(st.none() | HEADERS, LOCALES)
def test_any_header_asks_for_a_language_that_we_speak(header: str | None, default: Locale) -> None:
    found = accepted_locale(header, default)
    assert found in ("zh", "en")
    if not header or not any(each in header.lower() for each in ("zh", "en")):
        assert found == default
