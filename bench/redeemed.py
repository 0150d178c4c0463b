"""Run by pretix's own Python in its own environment: an event with so many paid tickets, one list, one device.

`python bench/redeemed.py TICKETS` prints as JSON what the bench must know, and how many statements one redeemed ticket
takes. Ticket n is redeemed by the secret `ticket<n>`.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import Device, Event, Order, OrderPosition, Organizer  # noqa: E402

TOKEN, SLUG = "bench-device", "bench"


def make(tickets: int) -> int:
    """Everything that a ticket needs; the number of the list."""
    at = now()
    house = Organizer.objects.create(name="Bench", slug=SLUG)
    event = Event.objects.create(
        organizer=house, name="Bench", slug=SLUG, date_from=at - timedelta(hours=1), live=True, currency="EUR",
        plugins="",
    )  # fmt: skip
    item = event.items.create(name="Ticket", default_price=0)
    listed = event.checkin_lists.create(name="Door", all_products=True)
    Device.objects.create(organizer=house, name="Door", all_events=True, api_token=TOKEN, initialized=at)
    channel = house.sales_channels.get(identifier="web")
    orders = Order.objects.bulk_create(
        Order(
            code=f"B{number:06d}", event=event, organizer=house, status=Order.STATUS_PAID, datetime=at,
            expires=at + timedelta(days=9), total=Decimal(0), locale="en", sales_channel=channel,
            last_modified=at,
        )
        for number in range(tickets)
    )  # fmt: skip
    OrderPosition.objects.bulk_create(
        OrderPosition(
            order=order, organizer=house, item=item, price=Decimal(0), tax_rate=Decimal(0), tax_value=Decimal(0),
            secret=f"ticket{number}", pseudonymization_id=f"P{number:07d}", positionid=1,
            attendee_name_parts={"_scheme": "full", "full_name": f"Guest {number}"},
        )
        for number, order in enumerate(orders)
    )  # fmt: skip
    return listed.pk


def statements(listed: int, number: int) -> int:
    """How many statements one ticket takes, the second one of a process."""
    for each in (number - 1, number):
        with CaptureQueriesContext(connection) as seen:
            answer = Client().post(
                f"/api/v1/organizers/{SLUG}/checkinrpc/redeem/", {"lists": [listed], "secret": f"ticket{each}"},
                content_type="application/json", headers={"Authorization": f"Device {TOKEN}"},
            )  # fmt: skip
        if answer.status_code != 201:
            raise RuntimeError(f"{answer.status_code} {answer.content.decode()[:300]}")
    return len(seen)


if __name__ == "__main__":
    count = int(sys.argv[1])
    with scopes_disabled():
        number = make(count)
    print(json.dumps({"list": number, "token": TOKEN, "slug": SLUG, "statements": statements(number, count - 1)}))
