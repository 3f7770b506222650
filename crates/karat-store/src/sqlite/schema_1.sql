-- The journal: what arrived. It is only added to, and all else can be derived from it again.

CREATE TABLE load (
    load_no     INTEGER PRIMARY KEY,
    started_at  INTEGER NOT NULL,           -- seconds since 1970-01-01 UTC, as everywhere
    finished_at INTEGER,                    -- null while it runs, and when it was killed
    report      TEXT                        -- JSON of the caller: what was read
) STRICT;

CREATE TABLE source (
    source_no INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    columns   TEXT NOT NULL                 -- JSON list of names; payloads refer to their places
) STRICT;

CREATE TABLE arrival (
    arrival_no  INTEGER PRIMARY KEY,
    load_no     INTEGER NOT NULL REFERENCES load,
    record_no   INTEGER NOT NULL REFERENCES record,
    observed_at INTEGER,
    payload     BLOB                        -- see payload.rs; null when the record was deleted
) STRICT;

CREATE TABLE quarantine (
    quarantine_no INTEGER PRIMARY KEY,
    load_no       INTEGER NOT NULL REFERENCES load,
    source_no     INTEGER NOT NULL REFERENCES source,
    file          TEXT NOT NULL,
    line          INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    raw           BLOB NOT NULL
) STRICT;

CREATE INDEX quarantine_by_load ON quarantine (load_no);

-- Which arrival is the current version of each record.

CREATE TABLE record (
    record_no  INTEGER PRIMARY KEY,
    source_no  INTEGER NOT NULL REFERENCES source,
    source_id  TEXT NOT NULL,
    arrival_no INTEGER NOT NULL REFERENCES arrival,
    digest     BLOB,                        -- of the payload; null when the record is deleted
    UNIQUE (source_no, source_id)
) STRICT;

CREATE INDEX record_deleted ON record (source_no) WHERE digest IS NULL;

-- The publications: how far the journal was derived, and with which match model.

CREATE TABLE model (
    model_id  TEXT PRIMARY KEY,             -- the hash of its content
    load_no   INTEGER NOT NULL REFERENCES load,
    content   BLOB NOT NULL,
    hub_model TEXT NOT NULL
) STRICT;

CREATE TABLE publication (
    publication_no INTEGER PRIMARY KEY,
    load_no        INTEGER NOT NULL REFERENCES load,
    arrival_no     INTEGER NOT NULL,        -- the last arrival that it took in; 0 for none
    model_id       TEXT REFERENCES model,
    entity_no      INTEGER NOT NULL,        -- the last number that was given to an entity
    stale_entities INTEGER NOT NULL         -- numbers in the search index that no entity has now
) STRICT;

-- Derived state. The index crosswalk_by_entity is in publication.rs.

CREATE TABLE entity (
    entity_no    INTEGER PRIMARY KEY,       -- new with every change; never used again
    entity_id    INTEGER NOT NULL,
    entity_type  TEXT NOT NULL,
    records      INTEGER NOT NULL,
    weakest_link INTEGER,                   -- 1/256 bit
    title        TEXT NOT NULL,
    golden       TEXT NOT NULL,             -- JSON, see golden_row.rs
    digest       BLOB NOT NULL              -- of all that was published about the entity
) STRICT;

CREATE UNIQUE INDEX entity_by_id ON entity (entity_id);

CREATE TABLE crosswalk (
    record_no INTEGER PRIMARY KEY REFERENCES record,
    entity_id INTEGER NOT NULL
) STRICT;

CREATE TABLE retired (
    entity_id INTEGER PRIMARY KEY,
    successor INTEGER,                      -- the entity it went into, which may be retired too
    load_no   INTEGER NOT NULL REFERENCES load
) STRICT;

CREATE INDEX retired_by_successor ON retired (successor);

CREATE TABLE potential_match (
    left_record_no  INTEGER NOT NULL REFERENCES record,
    right_record_no INTEGER NOT NULL REFERENCES record,
    weight          INTEGER NOT NULL,       -- 1/256 bit
    held            TEXT,                   -- why the join it stands for is held; null for none
    PRIMARY KEY (left_record_no, right_record_no)
) STRICT, WITHOUT ROWID;

CREATE INDEX potential_match_by_weight
    ON potential_match (weight DESC, left_record_no, right_record_no);
CREATE INDEX potential_match_by_right ON potential_match (right_record_no);

-- Joins of customers that wait for a steward: data, because they hang on what was published before.

CREATE TABLE hold (
    hold_no INTEGER PRIMARY KEY,
    reason  TEXT NOT NULL,
    records TEXT NOT NULL                   -- JSON: the record numbers of the two sides
) STRICT;

CREATE TABLE search_word (
    word            TEXT NOT NULL,
    first_entity_no INTEGER NOT NULL,       -- a common word has several rows
    entities        INTEGER NOT NULL,
    entity_nos      BLOB NOT NULL,          -- see search/posting.rs
    PRIMARY KEY (word, first_entity_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_code (
    bucket  INTEGER PRIMARY KEY,            -- see search/code.rs
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE statistic (
    name TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The change feed, in the order of commits.

CREATE TABLE event (
    event_no  INTEGER PRIMARY KEY,
    load_no   INTEGER NOT NULL REFERENCES load,
    kind      TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    other_id  INTEGER
) STRICT;
