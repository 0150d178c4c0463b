"""Whether the house is working: health, leases between workers, sweeping up."""
