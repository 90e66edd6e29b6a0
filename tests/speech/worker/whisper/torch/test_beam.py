from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from tests.support.sounds import noise
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.torch.beam import _Beams, _Path
from voice_assistant.speech.worker.whisper.torch.engine import TorchEngine

END = 9


def test_what_ends_makes_room_for_what_goes_on() -> None:
    beams = _Beams([])
    candidates = [
        _Path((1, END), -0.1, 0),
        _Path((1, 2), -0.2, 0),
        _Path((3, 4), -0.3, 1),
        _Path((3, END), -0.4, 1),
        _Path((3, 5), -0.5, 1),
    ]
    beams.go_on(candidates, 2, END)
    assert [path.tokens for path in beams.live] == [(1, 2), (3, 4)]
    # The other end of text comes after as many that go on as are kept.
    assert [path.tokens for path in beams.finished] == [(1, END)]


def test_the_likeliest_token_by_token_is_best() -> None:
    beams = _Beams(
        [_Path((1, 2, 3, 4), -3.0, 0)], [_Path((1, END), -1.0, 0), _Path((1, 2, END), -1.5, 0)]
    )
    best = beams.best(3, END, 0.25)
    assert (best.tokens, best.capped) == ([1, 2], False)
    assert (best.log_probability, best.no_speech_probability) == (-1.5, 0.25)
    beams.finished.clear()
    assert beams.best(3, END, 0.25).capped


def test_a_hypothesis_keeps_its_own_past(model_dir: Path, spoken: Samples) -> None:
    """Its score, from a search that reorders what is cached, is that of reading it from scratch."""
    engine = TorchEngine(
        EngineConfig("torch", built_in()["base"], model_dir, "cpu", "float32", 0.5, 1, 60)
    )
    samples = np.zeros(10 * SAMPLE_RATE, np.float32)
    samples[: len(spoken)] = spoken + 0.05 * noise(len(spoken) / SAMPLE_RATE)[: len(spoken)]
    encoded = engine.encode([samples])
    search, end = engine._search, engine._tokenizer.end_of_text
    prompt = engine._tokenizer.prompt_tokens("zh", "", False)
    with torch.inference_mode():
        (found,) = engine._beam_search.run(encoded, [prompt], 30, 5, timed=False)
        state, _ = search.prepare(encoded, 1, "greedy", False, search._step)
        total = 0.0
        for place, token in enumerate([*found.tokens, end]):
            logits, _ = search.begin(state, [[*prompt, *found.tokens[:place]]])
            scores = search.scores(state, logits, timed=False, first=place == 0)
            total += float(scores.log_softmax(-1)[0, token])
    assert not found.capped
    assert found.log_probability == pytest.approx(total, abs=1e-3)
