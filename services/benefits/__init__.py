"""Benefits (礼遇, S102, S103): insurance, buses, scenic spots, check-ups; shown on the phone, checked by anybody."""
