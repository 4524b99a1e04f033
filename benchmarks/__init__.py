"""Measurements of datarules, as one table: absolute medians and, above all, ratios taken in the same run.

``python -m benchmarks`` runs everything; ``python -m benchmarks decisions sparql`` runs parts. Absolute
times depend on the machine and on who else uses it; ratios of things measured side by side much less.
"""
