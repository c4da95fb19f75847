"""An ordinary score: no items, no history, often few rows a customer, and faults of known cause."""
