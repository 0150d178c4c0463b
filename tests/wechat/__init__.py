"""The tests of `wechat/`."""
