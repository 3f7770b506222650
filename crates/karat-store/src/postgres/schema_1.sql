-- The same tables and columns as in sqlite/schema_1.sql, where they are explained.
--
-- Text is ordered byte by byte, whatever the language of the database. What one table says of
-- another is not checked by the database, as that costs much for each of millions of rows; the
-- tests check all of it. Numbers are given by the one writer: a sequence would leave gaps.
--
-- Values of persons stand in arrival.payload, record.source_id, quarantine.raw, entity.title,
-- entity.golden, search_word.word, as hashes in search_code.entries, and as frequent values in
-- model.content; nowhere else.

CREATE TABLE hub_schema (
    version BIGINT NOT NULL                 -- of this schema
);
INSERT INTO hub_schema (version) VALUES (0);

-- The journal: what arrived. It is only added to, and all else can be derived from it again.

CREATE TABLE load (
    load_no     BIGINT PRIMARY KEY,
    started_at  BIGINT NOT NULL,            -- seconds since 1970-01-01 UTC, as everywhere
    finished_at BIGINT,
    report      TEXT
);

CREATE TABLE source (
    source_no BIGINT PRIMARY KEY,
    name      TEXT COLLATE "C" NOT NULL UNIQUE,
    columns   TEXT NOT NULL
);

CREATE TABLE arrival (
    arrival_no  BIGINT PRIMARY KEY,
    load_no     BIGINT NOT NULL,
    record_no   BIGINT NOT NULL,
    observed_at BIGINT,
    payload     BYTEA
);

CREATE TABLE quarantine (
    quarantine_no BIGINT PRIMARY KEY,
    load_no       BIGINT NOT NULL,
    source_no     BIGINT NOT NULL,
    file          TEXT NOT NULL,
    line          BIGINT NOT NULL,
    reason        TEXT NOT NULL,
    raw           BYTEA NOT NULL
);

CREATE INDEX quarantine_by_load ON quarantine (load_no);

-- Which arrival is the current version of each record.

CREATE TABLE record (
    record_no  BIGINT PRIMARY KEY,
    source_no  BIGINT NOT NULL,
    source_id  TEXT COLLATE "C" NOT NULL,
    arrival_no BIGINT NOT NULL,
    digest     BYTEA,
    UNIQUE (source_no, source_id)
);

CREATE INDEX record_deleted ON record (source_no) WHERE digest IS NULL;

-- The publications: how far the journal was derived, and with which match model.

CREATE TABLE model (
    model_id  TEXT COLLATE "C" PRIMARY KEY,
    load_no   BIGINT NOT NULL,
    content   BYTEA NOT NULL,
    hub_model TEXT NOT NULL
);

CREATE TABLE publication (
    publication_no BIGINT PRIMARY KEY,
    load_no        BIGINT NOT NULL,
    arrival_no     BIGINT NOT NULL,
    model_id       TEXT COLLATE "C",
    entity_no      BIGINT NOT NULL,
    stale_entities BIGINT NOT NULL
);

-- Derived state.

CREATE TABLE entity (
    entity_no    BIGINT PRIMARY KEY,
    entity_id    BIGINT NOT NULL,
    entity_type  TEXT NOT NULL,
    records      BIGINT NOT NULL,
    weakest_link BIGINT,
    title        TEXT NOT NULL,
    golden       TEXT NOT NULL,
    digest       BYTEA NOT NULL
);

CREATE UNIQUE INDEX entity_by_id ON entity (entity_id);

CREATE TABLE crosswalk (
    record_no BIGINT PRIMARY KEY,
    entity_id BIGINT NOT NULL
);

CREATE INDEX crosswalk_by_entity ON crosswalk (entity_id);

CREATE TABLE retired (
    entity_id BIGINT PRIMARY KEY,
    successor BIGINT,
    load_no   BIGINT NOT NULL
);

CREATE INDEX retired_by_successor ON retired (successor);

CREATE TABLE potential_match (
    left_record_no  BIGINT NOT NULL,
    right_record_no BIGINT NOT NULL,
    weight          BIGINT NOT NULL,
    held            TEXT,
    PRIMARY KEY (left_record_no, right_record_no)
);

CREATE INDEX potential_match_by_weight
    ON potential_match (weight DESC, left_record_no, right_record_no);
CREATE INDEX potential_match_by_right ON potential_match (right_record_no);

-- Joins of customers that wait for a steward: data, because they hang on what was published before.

CREATE TABLE hold (
    hold_no BIGINT PRIMARY KEY,
    reason  TEXT NOT NULL,
    records TEXT NOT NULL
);

CREATE TABLE search_word (
    word            TEXT COLLATE "C" NOT NULL,
    first_entity_no BIGINT NOT NULL,
    entities        BIGINT NOT NULL,
    entity_nos      BYTEA NOT NULL,
    PRIMARY KEY (word, first_entity_no)
);

CREATE TABLE search_code (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

CREATE TABLE statistic (
    name TEXT COLLATE "C" PRIMARY KEY,
    json TEXT NOT NULL
);

-- The change feed, in the order of commits.

CREATE TABLE event (
    event_no  BIGINT PRIMARY KEY,
    load_no   BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    entity_id BIGINT NOT NULL,
    other_id  BIGINT
);
