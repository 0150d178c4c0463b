"""A WeChat of our own for development and tests: platform API, callbacks, phone simulator.

Own process, real HTTP (``python -m sandbox``). Imports nothing of the application's rooms.
"""
