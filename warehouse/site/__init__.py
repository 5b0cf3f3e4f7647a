"""The static site of a warehouse: pages that open from disk or any web server, without a network.

`write_site(warehouse, out, root)` reads a warehouse and writes a folder. The steps, a module each: `queries` (SQL) ->
`overview`, `anomalies`, `organizations`, `documents`, `comparison`, `dictionary` (data of a page) -> `templates` (HTML)
-> `folder` (files). What runs in the browser stands in `assets`, every text of the site in `texts.csv`.
"""

from warehouse.site.build import SiteResult, write_site
from warehouse.site.folder import SiteError

__all__ = ["SiteError", "SiteResult", "write_site"]
