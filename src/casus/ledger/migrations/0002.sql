-- What did not become a document, one row an item and its source: where it is, why, how often it was tried. `resolved`
-- is the run in which the source was read without it failing.
CREATE TABLE failures (
    n INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    item TEXT NOT NULL,
    stage TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    given TEXT NOT NULL DEFAULT '{}',
    first_run TEXT NOT NULL,
    last_run TEXT NOT NULL,
    at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 1,
    resolved TEXT
);
CREATE UNIQUE INDEX failures_open ON failures (source, item) WHERE resolved IS NULL;

INSERT INTO failures (source, item, stage, code, message, hint, first_run, last_run, at)
SELECT '', json_extract(told.value, '$[1]'), json_extract(told.value, '$[0]'), json_extract(told.value, '$[2]'),
       json_extract(told.value, '$[3]'), '', runs.id, runs.id, runs.at
FROM runs, json_each(runs.failures) AS told WHERE true
ON CONFLICT DO UPDATE SET last_run = excluded.last_run, at = excluded.at, tries = tries + 1,
       stage = excluded.stage, code = excluded.code, message = excluded.message;

ALTER TABLE runs DROP COLUMN failures;

-- raw items (the page, the line) whose documents the ledger holds: by digest of their bytes and of what was known of them
CREATE TABLE captures (
    key BLOB NOT NULL,
    document INTEGER NOT NULL REFERENCES documents (n),
    PRIMARY KEY (key, document)
) WITHOUT ROWID;
