"""Answer `GET /metrics` in Prometheus' text format."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.assistant.memory import card_memory, service_memory
from voice_assistant.assistant.services import Services

router = APIRouter(tags=["service"])

ANSWERS = Histogram(
    "voice_answer_seconds",
    "From a recording's arrival to its answer.",
    buckets=(0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30),
    registry=None,
)
"""Counts how long people wait."""


@router.get("/metrics", response_class=Response)
async def metrics(services: ServicesDep) -> Response:
    """Tell memory, queue and waiting times, for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ANSWERS)
    registry.register(_State(services))
    # Asking the driver for the card's memory takes a moment.
    text = await asyncio.to_thread(generate_latest, registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


class _State(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        services, process, speech = self._services, self._services.process, self._services.speech
        for name, text, value in (
            ("uptime_seconds", "Since the start of the service.", services.uptime_s),
            ("model_loaded", "1 while a model is loaded.", float(process.info is not None)),
            ("queue_running", "Recordings being recognised.", speech.running),
            ("queue_waiting", "Recordings that wait for their turn.", speech.waiting),
            ("queue_limit", "Recordings that may wait.", speech.limit),
        ):
            yield GaugeMetricFamily(f"voice_{name}", text, value)
        memory = GaugeMetricFamily("voice_memory_bytes", "Resident memory.", labels=["process"])
        memory.add_metric(["service"], service_memory())
        memory.add_metric(["speech"], process.memory_bytes())
        yield memory
        yield CounterMetricFamily(
            "voice_speech_process_starts", "Speech processes started.", process.generation
        )
        yield CounterMetricFamily("voice_refused", "Recordings answered 429.", speech.refused)
        if (card := card_memory(services)) is not None:
            for name, text, size in (
                ("total", "All memory of the card.", card.total),
                ("free", "Memory of the card that nobody uses.", card.free),
                ("cap", "Memory of the card that we promised to stay under.", card.cap),
                ("used", "Memory of the card that we use.", card.used_by_us),
            ):
                yield GaugeMetricFamily(f"voice_gpu_memory_{name}_bytes", text, size)
