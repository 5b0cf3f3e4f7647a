"""Where reports come from: a list of web addresses that is fetched, folders that are watched.

`web` is the only module here that opens connections, and only `gouji fetch` uses it.
"""
