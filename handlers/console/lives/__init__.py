"""A new WeChat, a move, a death; papers, cards and sheets for people without a smartphone."""
