-- Changes of one record at a time, between loads.

ALTER TABLE load ADD COLUMN is_stretch INTEGER NOT NULL DEFAULT 0; -- 1: changes since a load

ALTER TABLE publication ADD COLUMN entities INTEGER NOT NULL DEFAULT 0;    -- how many there are
ALTER TABLE publication ADD COLUMN decision_no INTEGER NOT NULL DEFAULT 0; -- the last taken in
UPDATE publication SET entities = (SELECT count(*) FROM entity);

-- The words that changes added to the search index since the last load, for those who keep all words.

CREATE TABLE search_added (
    added_no INTEGER PRIMARY KEY,
    word     TEXT NOT NULL
) STRICT;

-- The match index: see sql/match_index.rs.

CREATE TABLE match_key (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE match_edge (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

-- The journal of decisions, which is only added to.

CREATE TABLE decision (
    decision_no INTEGER PRIMARY KEY,
    undoes      INTEGER UNIQUE REFERENCES decision, -- the decision that this entry undoes
    ruling      TEXT,                       -- JSON, see decision_row.rs; null when it undoes one
    steward     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    reason      TEXT NOT NULL
) STRICT;

-- Answers to requests that may come again.

CREATE TABLE answer (
    request BLOB PRIMARY KEY,               -- a hash of what the caller called it
    at      INTEGER NOT NULL,
    answer  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX answer_by_at ON answer (at);

-- Who may do what. Secrets are hashes.

CREATE TABLE api_key (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    hash       BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    name            TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    password_hash   TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until    INTEGER,
    disabled        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    hash       BLOB PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account,
    csrf       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_end ON session (expires_at);

-- History: each change of an entity is an event, and what it was before is kept.

ALTER TABLE event ADD COLUMN at INTEGER NOT NULL DEFAULT 0; -- never earlier than that before
UPDATE event SET at = (SELECT max(started_at) FROM load WHERE load.load_no <= event.load_no);
UPDATE event SET entity_id = other_id, other_id = entity_id WHERE kind = 'split';
CREATE INDEX event_by_entity ON event (entity_id);

ALTER TABLE entity ADD COLUMN event_no INTEGER NOT NULL DEFAULT 0; -- since when it is so; 0: unknown
ALTER TABLE entity ADD COLUMN members TEXT NOT NULL DEFAULT '';    -- rising record numbers: 3,17
UPDATE entity SET
    event_no = coalesce((
        SELECT max(event_no) FROM event
        WHERE event.entity_id = entity.entity_id AND kind IN ('created', 'updated', 'split')), 0),
    members = coalesce((
        SELECT group_concat(record_no, ',' ORDER BY record_no) FROM crosswalk
        WHERE crosswalk.entity_id = entity.entity_id), '');

ALTER TABLE crosswalk ADD COLUMN event_no INTEGER NOT NULL DEFAULT 0; -- since when it is so
UPDATE crosswalk SET event_no = coalesce((
    SELECT event_no FROM entity WHERE entity.entity_id = crosswalk.entity_id), 0);

ALTER TABLE retired ADD COLUMN event_no INTEGER NOT NULL DEFAULT 0;   -- since when it is so
UPDATE retired SET event_no = coalesce((
    SELECT max(event_no) FROM event
    WHERE event.entity_id = retired.entity_id AND kind IN ('merged', 'deleted')), 0);

CREATE TABLE entity_version (
    entity_id    INTEGER NOT NULL,
    until_event  INTEGER NOT NULL REFERENCES event, -- the first after which it was no longer so
    event_no     INTEGER NOT NULL,          -- since when it was so; 0: unknown
    entity_type  TEXT NOT NULL,
    records      INTEGER NOT NULL,
    weakest_link INTEGER,
    title        TEXT NOT NULL,
    golden       TEXT NOT NULL,
    members      TEXT NOT NULL,
    PRIMARY KEY (entity_id, until_event)
) STRICT, WITHOUT ROWID;

CREATE TABLE crosswalk_version (
    record_no   INTEGER NOT NULL REFERENCES record,
    until_event INTEGER NOT NULL REFERENCES event,
    event_no    INTEGER NOT NULL,
    entity_id   INTEGER NOT NULL,
    PRIMARY KEY (record_no, until_event)
) STRICT, WITHOUT ROWID;
