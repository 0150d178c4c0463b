"""Points for things: what may be had, redeeming it, the desk where it is handed over. Thanks, not pay (条例 §2)."""
