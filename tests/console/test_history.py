"""Each record's page tells its history, and every step that the house writes has its word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wording import entry

TEMPLATES = Path(__file__).parents[2] / "handlers/console/templates/console"
SERVICES = Path(__file__).parents[2] / "services"
#: The pages of single records.
RECORDS = (
    "access/person", "organisation/team", "organisation/centre", "organisation/region", "organisation/founding",
    "recruitment/application", "recruitment/qualification", "imports/import_batch", "lives/transfer", "lives/death",
    "review/makeup", "review/paper_list", "review/objection", "review/case", "review/complaint",
    "participation/activity", "participation/activity_read", "record", "policy_number",
)  # fmt: skip


@pytest.mark.parametrize("page", RECORDS)
def test_page_of_a_record_tells_its_history(page: str) -> None:
    text = (TEMPLATES / f"{page}.html").read_text("utf-8")
    assert re.search(r"改过什么|改过几次|history\(past[,)]|past\(past\)", text)


def test_every_step_written_has_its_word() -> None:
    kinds = {"recruitment/applications": "application", "recruitment/vetting": "application",
             "imports/batches": "import", "imports/working": "import", "lives/transfers": "transfer",
             "recruitment/qualifications": "qualification"}  # fmt: skip
    for file, kind in kinds.items():
        text = (SERVICES / f"{file}.py").read_text("utf-8")
        calls = re.findall(r"_?kept\(\w+, [\w.]+, (.+)", text)
        steps = [step for call in calls for step in re.findall(r'"(\w+)"', call)]
        assert steps
        assert [step for step in steps if f"{kind}.{step}" not in entry("history.verbs")] == []
