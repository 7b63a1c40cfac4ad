"""Reads OpenMetrics from stdin by the parser of Prometheus's Python client, which refuses what the
specification forbids; prints what it found."""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = list(text_string_to_metric_families(sys.stdin.read()))
samples = [sample for family in families for sample in family.samples]
exemplars = sum(1 for sample in samples if sample.exemplar)
typed = [family.name for family in families if family.type == "unknown"]
if typed:
    sys.exit(f"families without a type: {typed}")
print(f"{len(families)} families, {len(samples)} samples, {exemplars} exemplars")
