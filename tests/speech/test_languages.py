from __future__ import annotations

from voice_assistant.speech.languages import LANGUAGES
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer


def test_the_model_knows_each(tokenizer: Tokenizer) -> None:
    numbers = {tokenizer.special(language) for language in LANGUAGES}
    # They lie between <|startoftranscript|> and <|translate|>, without a gap.
    assert numbers == set(range(50259, 50358))
