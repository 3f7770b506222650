-- How good the data is: rules, what fails them, and what people did about it.

CREATE TABLE rule (
    rule_no INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,           -- a code of cleaning, or a check of the hub model
    version INTEGER                         -- what it says now; null when nobody asks any more
) STRICT;

CREATE TABLE rule_version (
    rule_no    INTEGER NOT NULL REFERENCES rule,
    version    INTEGER NOT NULL,            -- a hash of what it says
    scope      TEXT NOT NULL,
    severity   TEXT NOT NULL,
    dimension  TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (rule_no, version)
) STRICT, WITHOUT ROWID;

-- The program numbers attributes anew with each version; these numbers stay.

CREATE TABLE attribute (
    attribute_no INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE
) STRICT;

-- Findings are opened and closed, and never taken out. A subject is a record by its number, or
-- another: 2^60 and an entity id, 2^61 and an attribute, 3 * 2^60 and a source; see subject.rs.

CREATE TABLE finding (
    finding_no     INTEGER PRIMARY KEY,
    subject        INTEGER NOT NULL,
    rule_no        INTEGER NOT NULL REFERENCES rule,
    version        INTEGER NOT NULL,        -- what the rule said when it was opened
    place          INTEGER NOT NULL,        -- attribute, slot and column, see finding_row.rs; 0: none
    record_no      INTEGER REFERENCES record, -- of a customer: the record that says so
    value_digest   INTEGER,                 -- a keyed hash of the value that fails
    opened_at      INTEGER NOT NULL,
    closed_at      INTEGER,                 -- null while it is open
    closed_because TEXT
) STRICT;

CREATE UNIQUE INDEX finding_open ON finding (subject, rule_no, place) WHERE closed_at IS NULL;
CREATE INDEX finding_open_by_rule ON finding (rule_no, finding_no) WHERE closed_at IS NULL;
CREATE INDEX finding_closed ON finding (subject) WHERE closed_at IS NOT NULL;

-- A journal: how far people are with findings.

CREATE TABLE finding_step (
    step_no    INTEGER PRIMARY KEY,
    undoes     INTEGER UNIQUE REFERENCES finding_step, -- the step that this entry undoes
    finding_no INTEGER NOT NULL REFERENCES finding,
    state      TEXT,                        -- null when it undoes one
    until      INTEGER,
    steward    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    reason     TEXT NOT NULL
) STRICT;

CREATE INDEX finding_step_by_finding ON finding_step (finding_no);

-- Verdicts of subjects, see sql/verdicts.rs; who has which value, see sql/value_keys.rs.

CREATE TABLE verdict (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE value_key (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

-- How many verdicts of which kind there are now, see tally.rs, and how many there were.

CREATE TABLE tally_now (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE measure (
    measure_no INTEGER PRIMARY KEY,
    load_no    INTEGER NOT NULL REFERENCES load,
    at         INTEGER NOT NULL,
    as_of_day  INTEGER NOT NULL,            -- days since 1970-01-01: as of when all was judged
    release_no INTEGER,
    reason     TEXT NOT NULL
) STRICT;

CREATE TABLE tally (
    measure_no     INTEGER NOT NULL REFERENCES measure,
    source_no      INTEGER NOT NULL,        -- 0: customers
    entity_type    TEXT NOT NULL,           -- empty: of none
    rule_no        INTEGER NOT NULL REFERENCES rule,
    attribute_no   INTEGER NOT NULL,        -- 0: of none
    dimension      TEXT NOT NULL,           -- this and the next two: as they were then
    weight         INTEGER NOT NULL,
    criticality    INTEGER NOT NULL,
    passes         INTEGER NOT NULL,
    fails          INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL,
    unverified     INTEGER NOT NULL,
    errors         INTEGER NOT NULL,
    PRIMARY KEY (measure_no, source_no, entity_type, rule_no, attribute_no)
) STRICT, WITHOUT ROWID;

-- A journal: what the world said of values. What follows from it is derived.

CREATE TABLE confirmation (
    confirmation_no INTEGER PRIMARY KEY,
    undoes          INTEGER UNIQUE REFERENCES confirmation, -- the one that this entry undoes
    record_no       INTEGER NOT NULL REFERENCES record,
    attribute       TEXT NOT NULL,
    value_digest    INTEGER,                -- null when it undoes one, as the next
    kind            TEXT,
    steward         TEXT NOT NULL,
    at              INTEGER NOT NULL,
    reason          TEXT NOT NULL
) STRICT;

CREATE INDEX confirmation_by_record ON confirmation (record_no);
ALTER TABLE publication ADD COLUMN confirmation_no INTEGER NOT NULL DEFAULT 0; -- the last taken in

-- A journal: what was typed in, under which policy, and which rules were overridden.

CREATE TABLE entry (
    entry_no    INTEGER PRIMARY KEY,
    record_no   INTEGER NOT NULL REFERENCES record,
    kind        TEXT NOT NULL,
    policy      TEXT NOT NULL,
    overridden  TEXT NOT NULL,              -- JSON: the names of rules
    reason_code TEXT NOT NULL,
    reason      TEXT NOT NULL,
    entered_by  TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

-- What stands in the columns of sources; the bytes hold values of persons.

CREATE TABLE profile (
    source_no INTEGER NOT NULL REFERENCES source,
    column_no INTEGER NOT NULL,
    state     BLOB NOT NULL,
    PRIMARY KEY (source_no, column_no)
) STRICT, WITHOUT ROWID;
