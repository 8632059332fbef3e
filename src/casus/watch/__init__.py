"""Following feeds: rounds of polling, fetching what they link to, and keeping what was captured."""
