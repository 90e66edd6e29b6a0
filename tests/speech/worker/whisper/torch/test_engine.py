from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from torch import Tensor

from tests.support.sounds import SPOKEN, clip, tone
from voice_assistant.errors import ModelError
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.text import clean, fold
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.engine import DecodingOptions
from voice_assistant.speech.worker.whisper.features import log_mel
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch import engine as torch_engine
from voice_assistant.speech.worker.whisper.torch.engine import TorchEngine, placement_of
from voice_assistant.speech.worker.whisper.torch.graphs import Graphs
from voice_assistant.speech.worker.whisper.torch.model import Decoder, Encoder
from voice_assistant.speech.worker.whisper.torch.rules import Rules
from voice_assistant.speech.worker.whisper.torch.weights import read_ctranslate2

PROMPT = "打开计算器、浏览器、百度、微信。搜索天气。"
PLAIN = DecodingOptions("zh", "", 60)


def config(model_dir: Path, compute_type: str = "float32", **changes: Any) -> EngineConfig:
    plain = EngineConfig("torch", built_in()["base"], model_dir, "cpu", compute_type, 0.5, 1, 60)
    return replace(plain, **changes)


def padded(samples: Samples, seconds: float = 10.0) -> Samples:
    whole = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    whole[: len(samples)] = samples
    return whole


@pytest.fixture(scope="module")
def single(model_dir: Path) -> TorchEngine:
    return TorchEngine(config(model_dir))


@pytest.fixture(scope="module")
def heard(single: TorchEngine) -> dict[str, Any]:
    """The clips, encoded with a context of ten seconds."""
    return {name: single.encode([padded(decode(clip(name), max_s=60))])[0] for name in SPOKEN}


@pytest.mark.parametrize("name", SPOKEN)
def test_it_writes_what_ctranslate2_writes(
    model_dir: Path, single: TorchEngine, heard: dict[str, Any], tokenizer: Tokenizer, name: str
) -> None:
    samples = padded(decode(clip(name), max_s=60))
    mel = ctranslate2.StorageView.from_array(log_mel(samples, 80)[None])
    reference = ctranslate2.models.Whisper(
        str(model_dir / "base"), compute_type="float32", intra_threads=1
    )
    tokens = [50258, 50260, 50359, 50363]
    result = reference.generate(
        mel, [tokens], beam_size=1, return_scores=True, return_no_speech_prob=True
    )[0]
    decoding = single.decode([heard[name]], [PLAIN])[0]
    written = result.sequences_ids[0]
    assert tokenizer.read(written)[0] == decoding.text
    assert decoding.average_log_probability == pytest.approx(
        result.scores[0] * len(written) / (len(written) + 1), abs=1e-3
    )
    assert decoding.no_speech_probability == pytest.approx(result.no_speech_prob, abs=1e-3)
    assert not decoding.capped
    assert decoding.timed == ()


@pytest.mark.parametrize("name", SPOKEN)
def test_a_prompt_helps(single: TorchEngine, heard: dict[str, Any], name: str) -> None:
    text = single.decode([heard[name]], [replace(PLAIN, prompt=PROMPT)])[0].text
    assert fold(clean(text, "zh")) == SPOKEN[name]


@pytest.mark.parametrize("compute_type", ["float16", "int8"])
def test_other_compute_types_write_the_same(
    model_dir: Path, single: TorchEngine, heard: dict[str, Any], compute_type: str
) -> None:
    engine = TorchEngine(config(model_dir, compute_type))
    assert engine.compute_type == compute_type
    for name in list(SPOKEN)[:4]:
        samples = padded(decode(clip(name), max_s=60))
        ours = engine.decode(engine.encode([samples]), [PLAIN])[0]
        assert ours.text == single.decode([heard[name]], [PLAIN])[0].text


def test_half_precision_throughout(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, single: TorchEngine, heard: dict[str, Any]
) -> None:
    # As on a card.
    half = placement_of(torch.device("cuda"), "float16")
    assert half.dtype == half.held == torch.float16
    monkeypatch.setattr(
        torch_engine, "placement_of", lambda device, compute_type: replace(half, device=device)
    )
    engine = TorchEngine(config(model_dir, "float16"))
    encoded = engine.encode([padded(decode(clip("zf_xiaoyi_031"), max_s=60))])[0]
    assert encoded.states.dtype == torch.float16
    ours = engine.decode([encoded], [PLAIN])[0]
    theirs = single.decode([heard["zf_xiaoyi_031"]], [PLAIN])[0]
    assert ours.text == theirs.text
    assert ours.average_log_probability == pytest.approx(theirs.average_log_probability, abs=0.02)


def test_a_batch_is_what_each_is_alone(single: TorchEngine, heard: dict[str, Any]) -> None:
    options = [
        DecodingOptions("zh", PROMPT, 60),
        DecodingOptions("zh", "", 60, timestamps=True),
        DecodingOptions("zh", "打开百度", 3),
        DecodingOptions("zh", "", 60),
        DecodingOptions("zh", PROMPT * 20, 60, timestamps=True),
        DecodingOptions("zh", PROMPT, 60, beam_size=3),
        DecodingOptions("en", "", 60),
        DecodingOptions("zh", "", 60, beam_size=3),
    ]
    together = single.decode(list(heard.values()), options)
    for encoded, option, ours in zip(heard.values(), options, together, strict=True):
        alone = single.decode([encoded], [option])[0]
        assert (ours.text, ours.capped, ours.timed) == (alone.text, alone.capped, alone.timed)
        assert ours.average_log_probability == pytest.approx(
            alone.average_log_probability, abs=1e-4
        )
        assert ours.no_speech_probability == pytest.approx(alone.no_speech_probability, abs=1e-4)


def test_a_batch_is_encoded_as_each_is_alone(single: TorchEngine, heard: dict[str, Any]) -> None:
    names = list(SPOKEN)[:2]
    together = single.encode([padded(decode(clip(name), max_s=60)) for name in names])
    for name, encoded in zip(names, together, strict=True):
        assert torch.allclose(encoded.states, heard[name].states, atol=1e-3)


@pytest.mark.parametrize("seconds", [8.02, 15, 30])
def test_other_encoder_contexts(single: TorchEngine, seconds: float) -> None:
    encoded = single.encode([padded(decode(clip("zf_xiaoyi_031"), max_s=60), seconds)])[0]
    assert encoded.states.shape == (round(50 * seconds), 512)
    assert fold(clean(single.decode([encoded], [PLAIN])[0].text, "zh")) == "现在几点了"


def test_one_context_after_another(single: TorchEngine, heard: dict[str, Any]) -> None:
    encoded = heard["zf_xiaoyi_031"]
    before = single.decode([encoded], [PLAIN])[0]
    longer = single.encode([padded(tone(5), 30)])[0]
    single.decode([longer] * 3, [PLAIN] * 3)
    assert single.decode([encoded], [PLAIN])[0] == before


def test_hearing_the_same_again_costs_only_the_prompt(
    monkeypatch: pytest.MonkeyPatch, single: TorchEngine, heard: dict[str, Any]
) -> None:
    calls = []
    attend_to = Decoder.attend_to

    def counted(decoder: Decoder, *tensors: Tensor) -> None:
        calls.append(1)
        attend_to(decoder, *tensors)

    one, other = list(heard.values())[:2]
    single.decode([other], [PLAIN])  # whatever other tests have heard last
    monkeypatch.setattr(Decoder, "attend_to", counted)
    first = single.decode([one], [PLAIN])
    single.language_probabilities(one)
    single.decode([one], [replace(PLAIN, prompt=PROMPT)])
    assert len(calls) == 1
    single.decode([other], [PLAIN])
    assert single.decode([one], [PLAIN]) == first
    assert len(calls) == 3


def test_a_beam_finds_nothing_less_likely(single: TorchEngine, heard: dict[str, Any]) -> None:
    for encoded in list(heard.values())[:4]:
        greedy = single.decode([encoded], [PLAIN])[0]
        beam = single.decode([encoded], [replace(PLAIN, beam_size=5)])[0]
        assert beam.average_log_probability >= greedy.average_log_probability - 0.05
        assert not beam.capped


# openai-whisper leaves its vocabulary's file open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_beam_is_openai_whisper_s(model_dir: Path, single: TorchEngine) -> None:
    whisper = pytest.importorskip("whisper", reason="openai-whisper is not installed")
    weights = read_ctranslate2(model_dir / "base" / "model.bin")
    reference = whisper.model.Whisper(whisper.model.ModelDimensions(**asdict(weights.dimensions)))
    reference.load_state_dict({name: tensor.float() for name, tensor in weights.tensors})
    samples = padded(decode(clip("zm_yunxi_000"), max_s=60), 30)
    for timestamps in (False, True):
        options = whisper.DecodingOptions(
            language="zh", beam_size=3, without_timestamps=not timestamps, fp16=False
        )
        theirs = whisper.decode(reference, torch.from_numpy(log_mel(samples, 80)), options)
        ours = single.decode(
            single.encode([samples]), [replace(PLAIN, beam_size=3, timestamps=timestamps)]
        )[0]
        assert ours.text == theirs.text
        assert ours.average_log_probability == pytest.approx(theirs.avg_logprob, abs=1e-3)
        assert ours.no_speech_probability == pytest.approx(theirs.no_speech_prob, abs=1e-3)


def test_scores_are_ctranslate2_s(
    model_dir: Path, single: TorchEngine, heard: dict[str, Any]
) -> None:
    other = CTranslate2Engine(config(model_dir, engine="ctranslate2"))
    texts = ["打开", "打开计算器", "今天天气怎么样？"]
    for name in list(SPOKEN)[:3]:
        [encoded] = other.encode([padded(decode(clip(name), max_s=60), 10)])
        theirs = other.score(encoded, "zh", texts)
        assert single.score(heard[name], "zh", texts) == pytest.approx(theirs, abs=0.05)


def test_times_ascend(single: TorchEngine) -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    parts = [part for name in SPOKEN for part in (decode(clip(name), max_s=60), pause)]
    samples = padded(np.concatenate(parts)[: 20 * SAMPLE_RATE], 20)
    decoding = single.decode(
        single.encode([samples]), [DecodingOptions("zh", "", 224, timestamps=True)]
    )[0]
    assert len(decoding.timed) > 2
    last = 0.0
    for stretch in decoding.timed:
        assert last <= stretch.start_s < stretch.end_s <= 20
        last = stretch.end_s
    assert "".join(stretch.text for stretch in decoding.timed) == decoding.text


def test_the_language_is_detected(single: TorchEngine, heard: dict[str, Any]) -> None:
    for encoded in heard.values():
        languages = single.language_probabilities(encoded)
        assert max(languages, key=lambda code: languages[code]) == "zh"
        assert sum(languages.values()) == pytest.approx(1, abs=1e-3)
        assert len(languages) == 99


def test_it_stops_where_it_must(single: TorchEngine, heard: dict[str, Any]) -> None:
    encoded = heard["zf_xiaobei_030"]
    whole = single.decode([encoded], [PLAIN])[0]
    for beam_size in (1, 3):
        part = single.decode([encoded], [replace(PLAIN, most_tokens=2, beam_size=beam_size)])[0]
        assert part.capped
        assert 0 < len(part.text) < len(whole.text)


def test_the_longest_prompt_and_the_most_tokens(
    single: TorchEngine, heard: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Rules.apply

    def without_end(self: Rules, logits: Tensor, *, first: bool) -> Tensor:
        scores = endless(self, logits, first=first)
        scores[:, self._end] = -math.inf
        return scores

    monkeypatch.setattr(Rules, "apply", without_end)
    option = DecodingOptions("zh", "明天北京会下雨吗？" * 200, 224)
    assert single.decode([heard["zm_yunxi_000"]], [option])[0].capped


@pytest.mark.parametrize(
    "problem",
    [
        lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        lambda: RuntimeError("CUDA error: out of memory"),
        lambda: RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
    ],
)
def test_memory_that_is_used_up(
    monkeypatch: pytest.MonkeyPatch,
    model_dir: Path,
    single: TorchEngine,
    heard: dict[str, Any],
    problem: Callable[[], Exception],
) -> None:
    def fail(*args: object, **options: object) -> None:
        try:
            raise problem()
        except RuntimeError:
            # What torch says when memory runs out while it captures.
            raise RuntimeError("CUDA error: operation failed")  # noqa: B904

    encoded = heard["zm_yunxi_000"]
    before = single.decode([encoded], [PLAIN])
    with monkeypatch.context() as patch:
        patch.setattr(Decoder, "attend_to", fail)
        patch.setattr(Encoder, "forward", fail)
        patch.setattr(torch_engine, "load", fail)
        with pytest.raises(MemoryError, match="used up"):
            single.encode([tone(1)])
        with pytest.raises(MemoryError, match="used up"):
            single.decode([heard["zf_xiaoyi_016"]], [PLAIN])
        with pytest.raises(MemoryError, match="used up"):
            TorchEngine(config(model_dir))
    assert single.decode([encoded], [PLAIN]) == before


def test_other_errors_stay_what_they_are(
    monkeypatch: pytest.MonkeyPatch, single: TorchEngine
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(Encoder, "forward", fail)
    with pytest.raises(RuntimeError, match="illegal"):
        single.encode([tone(1)])


@pytest.mark.parametrize("place", ["base.pt", "base/base.pt"])
def test_a_checkpoint_that_is_not_openai_s(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"not a model")
    alone = replace(built_in()["base"], files=())
    with pytest.raises(ModelError) as caught:
        TorchEngine(config(tmp_path, model=alone))
    assert caught.value.code == "MODEL_DAMAGED"
    assert path.exists()


def test_a_checkpoint_that_is_not_openai_s_beside_the_other_form(
    model_dir: Path, tmp_path: Path, heard: dict[str, Any], single: TorchEngine
) -> None:
    (tmp_path / "base").symlink_to(model_dir / "base")
    (tmp_path / "base.pt").write_bytes(b"not a model")
    name, encoded = next(iter(heard.items()))
    again = TorchEngine(config(tmp_path))
    [here] = again.encode([padded(decode(clip(name), max_s=60))])
    assert again.decode([here], [PLAIN])[0].text == single.decode([encoded], [PLAIN])[0].text


def test_a_checkpoint_of_openai_whisper(
    model_dir: Path, tmp_path: Path, single: TorchEngine, heard: dict[str, Any]
) -> None:
    weights = read_ctranslate2(model_dir / "base" / "model.bin")
    path = tmp_path / "base.pt"
    content = {"dims": asdict(weights.dimensions), "model_state_dict": dict(weights.tensors)}
    torch.save(content, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    checkpoint = replace(built_in()["base"].checkpoint, sha256=digest)
    model = replace(built_in()["base"], checkpoint=checkpoint)
    engine = TorchEngine(config(tmp_path, model=model))
    encoded = heard["zm_yunxi_000"]
    assert engine.decode([encoded], [PLAIN]) == single.decode([encoded], [PLAIN])


def test_a_checkpoint_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "base.pt").write_bytes(b"not a model")
    monkeypatch.setattr(torch_engine, "verify_checkpoint", lambda model, path: None)
    with pytest.raises(ModelError) as caught:
        TorchEngine(config(tmp_path))
    assert caught.value.code == "MODEL_LOAD_FAILED"


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        TorchEngine(config(tmp_path, model=built_in()["medium"]))
    assert caught.value.code == "MODEL_MISSING"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_there_is_no_card(model_dir: Path) -> None:
    with pytest.raises(ModelError) as caught:
        TorchEngine(config(model_dir, device="cuda"))
    assert caught.value.code == "GPU_UNUSABLE"
    assert "no graphics card" in str(caught.value.params["detail"])


def test_of_many_sizes_the_latest_are_kept(
    single: TorchEngine, heard: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = Graphs.captured
    made: list[int] = []

    def counted(graphs: Graphs, function: Callable[[], None]) -> Callable[[], None]:
        made.append(count)
        return captured(graphs, function)

    monkeypatch.setattr(Graphs, "captured", counted)
    encoded = next(iter(heard.values()))
    # The largest first, since all are made anew where there is not memory enough for one.
    for count in (*range(12, 0, -1), 8, 2, 1, 12):
        single.decode([encoded] * count, [replace(PLAIN, most_tokens=1)] * count)
    assert made == [*range(12, 0, -1), 12]


def test_on_a_cpu_nothing_is_captured() -> None:
    def function() -> None: ...

    assert Graphs(torch.device("cpu")).captured(function) is function
