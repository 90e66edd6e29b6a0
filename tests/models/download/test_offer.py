from __future__ import annotations

from dataclasses import replace

import pytest

from voice_assistant.models.download.offer import Form, Offer, WantedSource, find_offers
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model, ModelFile

CHECKPOINT = ModelFile("a.pt", 10, "0" * 64, "who/a", "http://127.0.0.1:9/a.pt")
FILES = (
    ModelFile("model.bin", 5, "0" * 64, "who/b"),
    ModelFile("config.json", 2, "0" * 64, "who/b"),
)


def model(checkpoint: ModelFile = CHECKPOINT, files: tuple[ModelFile, ...] = FILES) -> Model:
    return replace(built_in()["base"], checkpoint=checkpoint, files=files)


def summary(offers: list[Offer]) -> list[tuple[str, tuple[str, ...]]]:
    return [(offer.form, offer.sources) for offer in offers]


CHECKPOINT_OFFER = ("checkpoint", ("modelscope", "official"))
FILES_OFFER = ("ctranslate2", ("modelscope",))


@pytest.mark.parametrize(
    ("form", "wanted", "expected"),
    [
        ("checkpoint", "auto", [CHECKPOINT_OFFER, FILES_OFFER]),
        ("ctranslate2", "auto", [FILES_OFFER, CHECKPOINT_OFFER]),
        ("ctranslate2", "modelscope", [FILES_OFFER, ("checkpoint", ("modelscope",))]),
        ("ctranslate2", "official", [("checkpoint", ("official",))]),
        ("ctranslate2", "registry", []),
    ],
)
def test_what_is_offered(
    form: Form, wanted: WantedSource, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert summary(find_offers(model(), form, wanted)) == expected


def test_the_first_source_counts_for_more_than_the_form() -> None:
    slow = model(checkpoint=replace(CHECKPOINT, modelscope=""))
    offers = find_offers(slow, "checkpoint", "auto")
    assert summary(offers) == [FILES_OFFER, ("checkpoint", ("official",))]


def test_a_source_must_have_all_files() -> None:
    lacking = (FILES[0], replace(FILES[1], modelscope=""))
    assert [offer.form for offer in find_offers(model(files=lacking), "ctranslate2", "auto")] == [
        "checkpoint"
    ]
    assert (
        find_offers(model(replace(CHECKPOINT, modelscope="", url=""), ()), "checkpoint", "auto")
        == []
    )


def test_its_size_is_that_of_all_files() -> None:
    assert [offer.size for offer in find_offers(model(), "ctranslate2", "auto")] == [7, 10]


@pytest.mark.parametrize("name", built_in())
def test_every_known_model_is_offered(name: str) -> None:
    for form in ("checkpoint", "ctranslate2"):
        assert find_offers(built_in()[name], form, "auto")
    assert find_offers(built_in()[name], "checkpoint", "modelscope")
    assert find_offers(built_in()[name], "checkpoint", "official")
