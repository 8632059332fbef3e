-- Whole numbers that stand for keys in forms that have no place for ours (UCDP GED, ACLED, GDELT): given when a key is
-- first handed out, and never to another. `kind` is what is numbered, after a slash within which home ("acled/PAK").
CREATE TABLE numbers (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (key, kind)
) WITHOUT ROWID;
CREATE UNIQUE INDEX numbers_in_order ON numbers (kind, n);
