"""The official account: what WeChat sends us, whom it is from, and the one answer it gets."""
