"""Web pages: the report in a page, its dates and facts, live blogs, saved pages."""
