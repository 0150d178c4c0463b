"""docs/zh/数据清单.md says what the table of personal data says."""

from __future__ import annotations

from tools import data_map


def test_page_is_drawn_from_the_table() -> None:
    assert data_map.FILE.read_text(encoding="utf-8") == data_map.drawn(), "PYTHONPATH=. python tools/data_map.py"


def test_page_names_the_columns_and_what_becomes_of_them() -> None:
    page = data_map.drawn()
    assert "| `document_sealed` | account | 抹去 |" in page
    assert "| `reason` | call | 抹去 |" in page
    assert "| `amount` | service |  |" in page
