"""The national volunteer system (全国志愿服务信息系统): numbers, entries, differences (S71, S72)."""
