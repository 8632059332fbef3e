"""The page and the API of a ledger: `casus serve`. Nothing here asks anything of the network but to be asked."""
