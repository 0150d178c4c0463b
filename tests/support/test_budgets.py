"""The watch over statements finds a request that asks once for each row."""

from __future__ import annotations

from typing import Any

from models import Volunteer
from tests.support import budgets


def test_request_that_asks_for_each_row_is_found(app: Any) -> None:
    def each() -> str:
        for number in range(budgets.SAME + 1):
            Volunteer.get_or_none(Volunteer.id == number)
        return ""

    budgets._begin(app)  # an answer that nobody closed, of an earlier test
    budgets.begin()
    app.open_all().view_functions["health.healthz"] = each
    app.test_client().get("/healthz")
    assert [fault.split(" times ")[0] for fault in budgets.faults] == ["GET /healthz: 13"]
    budgets.faults.clear()
