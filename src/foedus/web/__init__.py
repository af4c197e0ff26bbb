"""The page in the browser and its JSON interface, on this machine alone unless told otherwise."""
