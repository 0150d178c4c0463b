"""What Prometheus is told: figures of the house, read at each scrape, and what this process has counted.

Loaded when something is counted or somebody scrapes, which most processes of a quiet house never see.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE_LATEST
from prometheus_client import CollectorRegistry, Counter
from prometheus_client import generate_latest as generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

import clock
from services.operation import health

registry = CollectorRegistry()
#: Callbacks that did not come from WeChat or could not be read, by reason. Counted in each process under its own name:
#: behind nginx each scrape meets another one, and one series of all of them would jump up and down.
CALLBACK_REFUSALS = Counter(
    "hongyao_callback_refused", "Callbacks refused, by reason", ["account", "reason", "process"], registry=registry
)
FAULTS = Counter(
    "hongyao_callback_faults", "Pushes that died of our own fault or came too late", ["account", "kind", "process"],
    registry=registry,
)  # fmt: skip
PROCESS = f"{socket.gethostname()}:{os.getpid()}"


class _House(Collector):
    """What the database knows, read at each scrape."""

    def collect(self) -> Iterable[Metric]:
        figures = health.figures(at=clock.now())
        yield GaugeMetricFamily(
            "hongyao_outbox_oldest_due_seconds", "Wait of the oldest due delivery", figures.oldest_due_seconds
        )
        yield GaugeMetricFamily("hongyao_outbox_due", "Deliveries that are due", figures.due)
        states = GaugeMetricFamily(
            "hongyao_deliveries", "Deliveries on their way, and of a week those gone amiss", labels=["state"]
        )
        for state, count in figures.states.items():
            states.add_metric([state], count)
        yield states
        runs = CounterMetricFamily("hongyao_job_runs", "Runs of each job", labels=["job"])
        ages = GaugeMetricFamily("hongyao_job_age_seconds", "Since the last run began", labels=["job"])
        failed = GaugeMetricFamily("hongyao_job_failed", "Whether the last run failed", labels=["job"])
        for name, count, age, bad in figures.jobs:
            runs.add_metric([name], count)
            ages.add_metric([name], age)
            failed.add_metric([name], int(bad))
        yield from (runs, ages, failed)
        paused = GaugeMetricFamily("hongyao_wechat_paused", "WeChat APIs that rest", labels=["api"])
        for api in figures.paused:
            paused.add_metric([api], 1)
        yield paused
        waits = GaugeMetricFamily(
            "hongyao_queue_oldest_seconds", "Wait of the oldest thing in each queue", labels=["queue"]
        )
        for queue, seconds in figures.queues.items():
            waits.add_metric([queue], seconds)
        yield waits
        errors = GaugeMetricFamily(
            "hongyao_wechat_errors_day", "WeChat's error codes among the newest tries of a day",
            labels=["channel", "errcode"],
        )  # fmt: skip
        for (channel, code), count in figures.errors.items():
            errors.add_metric([channel, str(code)], count)
        yield errors
        if figures.backup_seconds is not None:
            yield GaugeMetricFamily(
                "hongyao_backup_age_seconds", "Since the last backup was made and read back", figures.backup_seconds
            )

    def describe(self) -> Iterable[Metric]:
        """Nothing known before the first scrape: the database may not be bound yet."""
        return []


registry.register(_House())
