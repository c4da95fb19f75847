"""Explanations of a drop that compete in one unit: the AUC points that undoing each recovers."""
