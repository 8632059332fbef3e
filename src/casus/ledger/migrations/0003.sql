-- The feeds that `casus watch` follows: when each was asked, what it said then, and when it is to be asked again. Times
-- are in UTC. `digest` is that of its last body, `asked_wait` how many seconds it asks to be left alone between looks.
CREATE TABLE feeds (
    url TEXT PRIMARY KEY,
    title TEXT,
    etag TEXT,
    last_modified TEXT,
    digest TEXT,
    asked_wait INTEGER NOT NULL DEFAULT 0,
    polled_at TEXT,
    next_at TEXT,
    failed_in_row INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT '',
    moved_to TEXT
) WITHOUT ROWID;

-- The pages that their entries link to, by the address that was given there. `stated` is what the entry says of the page,
-- `documents` are ids of what was made of it, `capture` is where it is kept ("2024-01-18.warc.gz@4711").
CREATE TABLE pages (
    url TEXT PRIMARY KEY,
    feed TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'taken', 'known', 'refused', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,
    stated TEXT NOT NULL DEFAULT '{}',
    documents TEXT NOT NULL DEFAULT '[]',
    capture TEXT
) WITHOUT ROWID;
CREATE INDEX pages_waiting ON pages (state, next_at) WHERE state IN ('new', 'failed');
