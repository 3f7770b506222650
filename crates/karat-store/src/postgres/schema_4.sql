-- The same tables and columns as in sqlite/schema_4.sql, where they are explained.
--
-- Values of persons stand also in profile.state, confirmation.reason, finding_step.reason and
-- entry.reason, names of stewards in the columns steward and entered_by, and hashes of values in
-- value_key.entries, and keyed ones in finding.value_digest and confirmation.value_digest; nowhere else.

CREATE TABLE rule (
    rule_no BIGINT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    version BIGINT
);

CREATE TABLE rule_version (
    rule_no    BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    scope      TEXT NOT NULL,
    severity   TEXT NOT NULL,
    dimension  TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (rule_no, version)
);

CREATE TABLE attribute (
    attribute_no BIGINT PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE
);

CREATE TABLE finding (
    finding_no     BIGINT PRIMARY KEY,
    subject        BIGINT NOT NULL,
    rule_no        BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    place          BIGINT NOT NULL,
    record_no      BIGINT,
    value_digest   BIGINT,
    opened_at      BIGINT NOT NULL,
    closed_at      BIGINT,
    closed_because TEXT
);

CREATE UNIQUE INDEX finding_open ON finding (subject, rule_no, place) WHERE closed_at IS NULL;
CREATE INDEX finding_open_by_rule ON finding (rule_no, finding_no) WHERE closed_at IS NULL;
CREATE INDEX finding_closed ON finding (subject) WHERE closed_at IS NOT NULL;

CREATE TABLE finding_step (
    step_no    BIGINT PRIMARY KEY,
    undoes     BIGINT UNIQUE,
    finding_no BIGINT NOT NULL,
    state      TEXT,
    until      BIGINT,
    steward    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    reason     TEXT NOT NULL
);

CREATE INDEX finding_step_by_finding ON finding_step (finding_no);

CREATE TABLE verdict (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

CREATE TABLE value_key (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

CREATE TABLE tally_now (
    bucket  BIGINT PRIMARY KEY,
    entries BYTEA NOT NULL
);

CREATE TABLE measure (
    measure_no BIGINT PRIMARY KEY,
    load_no    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    as_of_day  BIGINT NOT NULL,
    release_no BIGINT,
    reason     TEXT NOT NULL
);

CREATE TABLE tally (
    measure_no     BIGINT NOT NULL,
    source_no      BIGINT NOT NULL,
    entity_type    TEXT COLLATE "C" NOT NULL,
    rule_no        BIGINT NOT NULL,
    attribute_no   BIGINT NOT NULL,
    dimension      TEXT NOT NULL,
    weight         BIGINT NOT NULL,
    criticality    BIGINT NOT NULL,
    passes         BIGINT NOT NULL,
    fails          BIGINT NOT NULL,
    not_applicable BIGINT NOT NULL,
    unverified     BIGINT NOT NULL,
    errors         BIGINT NOT NULL,
    PRIMARY KEY (measure_no, source_no, entity_type, rule_no, attribute_no)
);

CREATE TABLE confirmation (
    confirmation_no BIGINT PRIMARY KEY,
    undoes          BIGINT UNIQUE,
    record_no       BIGINT NOT NULL,
    attribute       TEXT NOT NULL,
    value_digest    BIGINT,
    kind            TEXT,
    steward         TEXT NOT NULL,
    at              BIGINT NOT NULL,
    reason          TEXT NOT NULL
);

CREATE INDEX confirmation_by_record ON confirmation (record_no);
ALTER TABLE publication ADD COLUMN confirmation_no BIGINT NOT NULL DEFAULT 0;

CREATE TABLE entry (
    entry_no    BIGINT PRIMARY KEY,
    record_no   BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    policy      TEXT NOT NULL,
    overridden  TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason      TEXT NOT NULL,
    entered_by  TEXT NOT NULL,
    at          BIGINT NOT NULL
);

CREATE TABLE profile (
    source_no BIGINT NOT NULL,
    column_no BIGINT NOT NULL,
    state     BYTEA NOT NULL,
    PRIMARY KEY (source_no, column_no)
);
