"""Draw docs/zh/数据清单.md from the table of personal data: `PYTHONPATH=. python tools/data_map.py`.

A test compares the file with what is drawn (tests/services/privacy/test_data_map.py).
"""

from __future__ import annotations

from pathlib import Path

from services.privacy.table import Keeping, Table, keepings, tables

FILE = Path(__file__).parents[1] / "docs" / "zh" / "数据清单.md"
THEN = {"keep": "留存", "empty": "清空", "delete": "删除整行"}
HEAD = """# 数据清单

系统里每一张表、每一列涉及个人的数据：做什么用、凭什么、留多久、到期怎么办。
本页由 `wording/personal_data.toml` 生成（`tools/data_map.py`），不要手改。新加的列没有写进那张表，测试通不过。

- 只收用得着的：不收定位，不收人脸；坐标只有集合点和任务地点的，没有人的。
- 证件号、手机号、家属和监护人电话、投诉和点单的联系方式，逐项加密存放（AES-256-GCM）；查找用带密钥的盲索引。
- 到期的清理由后台每天 4 点 50 分做（`purge`），登录和扫码的零碎每小时做（`prune`）；停机只会晚，不会漏。
- “依据”一栏是开发时的理解，不是法律意见，请本单位法制部门核对。
- 本人随时可以下载全部数据；申请注销满 14 天，下表“注销”一栏的内容抹去。
- 备份里还有：抹去、清空、删除以前做的备份（加密）里，这些内容还在，直到备份过期
  （`BACKUP_KEEP` 天，一般 14 天；拷到别处的每一份也要照样删）。恢复备份时，备份以后注销的人按编号再抹去一次
  （`erased.jsonl`）；到期清理的内容，当夜的清理再清一次。

## 一、留存规则

| 规则 | 做什么用 | 依据 | 留多久 | 到期 |
|---|---|---|---|---|
"""
MIDDLE = """
## 二、逐表逐列

“关联”是指向某个人编号的列：注销以后编号还在，编号后面没有人。没有列出的表只有不涉及个人的内容，见第三节。

"""


def _rule(each: Keeping) -> str:
    return f"| {each.name} | {each.why} | {each.ground} | {each.keeps} | {THEN[each.then]} |\n"


def _closing(table: Table, column: str) -> str:
    if table.dropped:
        return "删除整行"
    return "抹去" if column in table.erased else ""


def _table(table: Table) -> str:
    lines = [f"### {table.title}（`{table.name}`）\n\n", "| 列 | 规则 | 注销 |\n|---|---|---|\n"]
    lines += [f"| `{name}` | {table.rule_of(name)} | {_closing(table, name)} |\n" for name in table.personal]
    if table.links:
        names = "、".join(f"`{name}`" for name in table.links)
        gone = "删除整行" if table.dropped else "、".join(f"抹去 `{n}`" for n in table.links if n in table.erased)
        lines.append(f"| 关联：{names} | {table.rule} | {gone} |\n")
    return "".join(lines) + "\n"


def drawn() -> str:
    """The whole page."""
    about = [each for each in tables().values() if each.personal or each.links]
    plain = [each for each in tables().values() if not (each.personal or each.links)]
    rules = "".join(_rule(each) for each in keepings().values())
    rest = "".join(f"- {each.title}（`{each.name}`）\n" for each in plain)
    return HEAD + rules + MIDDLE + "".join(map(_table, about)) + "## 三、不涉及个人的表\n\n" + rest


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
