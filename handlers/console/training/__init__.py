"""The console's pages about training: sessions, results, orders, registers, certificates, rates, recruitment drives."""
