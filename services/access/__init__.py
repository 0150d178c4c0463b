"""Who holds which post and right, whom one may look at, what was looked at (权限, 任职, 查看记录)."""
