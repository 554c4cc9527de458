"""Exchange of alerts with partners: packages that we make, packages and receipts that we take in."""
