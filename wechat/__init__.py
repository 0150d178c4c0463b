"""Everything that knows WeChat's wire. Imports nothing of ours; time and stores are handed in."""
