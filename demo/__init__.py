"""The demo: a believable small world (`world.py`) and the parent process that starts everything (`launch.py`)."""
