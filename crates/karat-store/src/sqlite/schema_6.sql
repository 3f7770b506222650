-- How stewards divide the work queue among them.

-- By the pair of records that leads an item. One whose pair is no potential match any more counts
-- for nothing, and is taken out when another is written.

CREATE TABLE assignment (
    left_record_no  INTEGER NOT NULL REFERENCES record,
    right_record_no INTEGER NOT NULL REFERENCES record,
    owner           TEXT NOT NULL,          -- the name of an account; empty when nobody has it
    snoozed_until   INTEGER,                -- null when it was not put off
    assigned_by     TEXT NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (left_record_no, right_record_no)
) STRICT, WITHOUT ROWID;

-- What somebody looks at in the work queue, under a name of one's own.

CREATE TABLE saved_view (
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    filter  TEXT NOT NULL,                  -- as it stands in the address of the page
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
