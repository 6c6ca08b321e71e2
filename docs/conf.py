from importlib.metadata import version as installed

project = "expandcontract"
author = "The expandcontract authors"
release = version = installed("expandcontract")

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"expandcontract {release}"
html_theme_options = {"navigation_with_keys": True}
