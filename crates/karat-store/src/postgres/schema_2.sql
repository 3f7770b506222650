-- The same tables and columns as in sqlite/schema_2.sql, where they are explained.
--
-- Values of persons stand also in decision.ruling, decision.reason, answer.answer, account.name,
-- search_added.word, entity_version.title, entity_version.golden, and as hashes in match_key.entries; nowhere else.

ALTER TABLE load ADD COLUMN is_stretch BIGINT NOT NULL DEFAULT 0;

ALTER TABLE publication ADD COLUMN entities BIGINT NOT NULL DEFAULT 0;
ALTER TABLE publication ADD COLUMN decision_no BIGINT NOT NULL DEFAULT 0;
UPDATE publication SET entities = (SELECT count(*) FROM entity);

-- The words that changes added to the search index since the last load.

CREATE TABLE search_added (
    added_no BIGINT PRIMARY KEY,
    word     TEXT NOT NULL
);

-- The match index.

CREATE TABLE match_key (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

CREATE TABLE match_edge (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

-- The journal of decisions, which is only added to.

CREATE TABLE decision (
    decision_no BIGINT PRIMARY KEY,
    undoes      BIGINT UNIQUE,
    ruling      TEXT,
    steward     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    reason      TEXT NOT NULL
);

-- Answers to requests that may come again.

CREATE TABLE answer (
    request BYTEA PRIMARY KEY,
    at      BIGINT NOT NULL,
    answer  BYTEA NOT NULL
);

CREATE INDEX answer_by_at ON answer (at);

-- Who may do what. Secrets are hashes.

CREATE TABLE api_key (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    hash       BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE account (
    name            TEXT COLLATE "C" PRIMARY KEY,
    role            TEXT NOT NULL,
    password_hash   TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    failed_sign_ins BIGINT NOT NULL,
    locked_until    BIGINT,
    disabled        BIGINT NOT NULL
);

CREATE TABLE session (
    hash       BYTEA PRIMARY KEY,
    account    TEXT COLLATE "C" NOT NULL,
    csrf       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_end ON session (expires_at);

-- History: each change of an entity is an event, and what it was before is kept.

ALTER TABLE event ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
UPDATE event SET at = (SELECT max(started_at) FROM load WHERE load.load_no <= event.load_no);
UPDATE event SET entity_id = other_id, other_id = entity_id WHERE kind = 'split';
CREATE INDEX event_by_entity ON event (entity_id, event_no);

ALTER TABLE entity ADD COLUMN event_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entity ADD COLUMN members TEXT NOT NULL DEFAULT '';
UPDATE entity SET
    event_no = coalesce((
        SELECT max(event_no) FROM event
        WHERE event.entity_id = entity.entity_id AND kind IN ('created', 'updated', 'split')), 0),
    members = coalesce((
        SELECT string_agg(record_no::text, ',' ORDER BY record_no) FROM crosswalk
        WHERE crosswalk.entity_id = entity.entity_id), '');

ALTER TABLE crosswalk ADD COLUMN event_no BIGINT NOT NULL DEFAULT 0;
UPDATE crosswalk SET event_no = coalesce((
    SELECT event_no FROM entity WHERE entity.entity_id = crosswalk.entity_id), 0);

ALTER TABLE retired ADD COLUMN event_no BIGINT NOT NULL DEFAULT 0;
UPDATE retired SET event_no = coalesce((
    SELECT max(event_no) FROM event
    WHERE event.entity_id = retired.entity_id AND kind IN ('merged', 'deleted')), 0);

CREATE TABLE entity_version (
    entity_id    BIGINT NOT NULL,
    until_event  BIGINT NOT NULL,
    event_no     BIGINT NOT NULL,
    entity_type  TEXT NOT NULL,
    records      BIGINT NOT NULL,
    weakest_link BIGINT,
    title        TEXT NOT NULL,
    golden       TEXT NOT NULL,
    members      TEXT NOT NULL,
    PRIMARY KEY (entity_id, until_event)
);

CREATE TABLE crosswalk_version (
    record_no   BIGINT NOT NULL,
    until_event BIGINT NOT NULL,
    event_no    BIGINT NOT NULL,
    entity_id   BIGINT NOT NULL,
    PRIMARY KEY (record_no, until_event)
);
