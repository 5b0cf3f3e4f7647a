"""Documents to `raw`, incrementally and in parallel: what is new is read by worker processes, the rest is kept.

`inventory` knows which files were read before, `cache` what was in them, `pool` and `worker` read, `land` puts it
together.
"""
