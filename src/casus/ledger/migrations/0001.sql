-- The first schema. Dates are ISO 8601 texts; n is a whole number that counts up and is never used again.

-- What changed the ledger, in order: a batch of documents added or read anew, or a person's decision.
CREATE TABLE steps (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('add', 'reread', 'decision')),
    at TEXT NOT NULL,
    run TEXT,
    decision TEXT,
    document INTEGER
);

CREATE TABLE runs (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    recipe_id TEXT NOT NULL,
    recipe TEXT NOT NULL,
    inputs_digest TEXT NOT NULL DEFAULT '',
    counts TEXT NOT NULL DEFAULT '{}',
    failures TEXT NOT NULL DEFAULT '[]',
    finished INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE documents (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    step INTEGER NOT NULL REFERENCES steps (n),
    publisher TEXT,
    published TEXT,
    title TEXT,
    url TEXT,
    text TEXT NOT NULL,
    record TEXT NOT NULL,
    signature BLOB NOT NULL,
    syndication TEXT,
    origins TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX documents_by_syndication ON documents (syndication) WHERE syndication IS NOT NULL;
CREATE INDEX documents_by_step ON documents (step);

-- keys under which near-copies are found
CREATE TABLE bands (
    band INTEGER NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (band, document)
) WITHOUT ROWID;

-- `columns` is what linking compares; `active` 0: rejected by a person, or replaced. `gone`: the step at which a newer
-- reading of the document replaced this one, which keeps its row for good
CREATE TABLE claims (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents (n),
    step INTEGER NOT NULL REFERENCES steps (n),
    record TEXT NOT NULL,
    columns BLOB NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    gone INTEGER,
    part INTEGER,
    -- of a claim that is not dated to the day: the claim that speaks loudest for being of its event, and how loud
    loudest INTEGER,
    loud REAL,
    event INTEGER
);
CREATE UNIQUE INDEX claims_by_id ON claims (id) WHERE gone IS NULL;
CREATE INDEX claims_by_document ON claims (document);
CREATE INDEX claims_by_part ON claims (part);
CREATE INDEX claims_by_loudest ON claims (loudest) WHERE loudest IS NOT NULL;
CREATE INDEX claims_by_event ON claims (event);
CREATE INDEX claims_by_step ON claims (step);

-- the sides of claims, to find those that a renaming touches
CREATE TABLE claim_sides (
    who TEXT NOT NULL,
    claim INTEGER NOT NULL,
    PRIMARY KEY (who, claim)
) WITHOUT ROWID;

-- blocking keys of active claims; `place` is the order of their ids
CREATE TABLE keys (
    key INTEGER NOT NULL,
    place INTEGER NOT NULL,
    claim INTEGER NOT NULL,
    PRIMARY KEY (key, place, claim)
) WITHOUT ROWID;

-- `founder`: the claim that the id follows: the one that founded the event, or where a person rejected that or a newer
-- reading no longer tells it, the earliest that is left. `alive` 0 is a tombstone, and `successor` the event that took its claims
CREATE TABLE events (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    founder INTEGER NOT NULL UNIQUE REFERENCES claims (n),
    alive INTEGER NOT NULL,
    successor INTEGER,
    version INTEGER NOT NULL,
    step INTEGER NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    umbrella INTEGER NOT NULL,
    first TEXT,
    last TEXT,
    iso3 TEXT,
    admin1 TEXT,
    place TEXT,
    killed INTEGER,
    injured INTEGER,
    detained INTEGER,
    reports INTEGER NOT NULL,
    independent INTEGER NOT NULL,
    open_conflicts INTEGER NOT NULL,
    review INTEGER NOT NULL,
    record TEXT NOT NULL
);
-- the order in which events are listed, with what most filters ask for
CREATE INDEX events_in_order ON events (
    coalesce(first, '9999-99-99'), id, last, type, status, iso3, killed, independent, open_conflicts, review, umbrella
) WHERE alive;
CREATE INDEX events_by_span ON events (coalesce(julianday(last) - julianday(first), 0)) WHERE alive;
CREATE INDEX events_by_country ON events (iso3, coalesce(first, '9999-99-99'), id) WHERE alive;
CREATE INDEX events_by_type ON events (type, coalesce(first, '9999-99-99'), id) WHERE alive;
CREATE INDEX events_by_step ON events (step);

CREATE TABLE event_sides (
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    first TEXT NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (who, role, first, event)
) WITHOUT ROWID;
CREATE INDEX event_sides_by_event ON event_sides (event);

CREATE VIRTUAL TABLE event_points USING rtree (n, south, north, west, east);

-- every version of every event that was ever current; never changed
CREATE TABLE versions (
    event INTEGER NOT NULL,
    version INTEGER NOT NULL,
    step INTEGER NOT NULL,
    cause TEXT NOT NULL,
    record TEXT,
    PRIMARY KEY (event, version)
) WITHOUT ROWID;

CREATE TABLE decisions (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    subjects TEXT NOT NULL,
    claims TEXT NOT NULL,
    field TEXT,
    before TEXT,
    after TEXT,
    reason TEXT NOT NULL,
    revokes TEXT
);

CREATE VIRTUAL TABLE document_words USING fts5 (title, text, content = 'documents', content_rowid = 'n');
CREATE VIRTUAL TABLE claim_words USING fts5 (sentence, content = '');
