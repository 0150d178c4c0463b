"""The national volunteer system (全国志愿服务信息系统): numbers, entries, differences, the way files go (S71, S72, A8)."""
