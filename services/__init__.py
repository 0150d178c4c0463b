"""The programme's rules: one function per act, keyword-only, actor and time passed in."""
