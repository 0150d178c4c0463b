"""Lives change, and acts for those without a smartphone."""
