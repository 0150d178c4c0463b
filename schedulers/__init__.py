"""What happens by the clock. APScheduler is only a heartbeat: what is due stands in the database.

`run_worker(parts)` is the worker process; `build(worker)` the scheduler inside it; `jobs.JOBS` what it beats.
"""

from __future__ import annotations

from schedulers.worker import Worker, build, run_worker

__all__ = ["Worker", "build", "run_worker"]
