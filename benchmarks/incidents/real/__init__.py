"""Faults put into real logs that have a history of difficulties: OULAD and NFL."""
