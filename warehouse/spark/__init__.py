"""The same warehouse on a Spark cluster."""
