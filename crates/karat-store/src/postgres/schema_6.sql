-- The same tables and columns as in sqlite/schema_6.sql, where they are explained.
--
-- Names of stewards stand also in assignment.owner, assignment.assigned_by and saved_view.account.

CREATE TABLE assignment (
    left_record_no  BIGINT NOT NULL,
    right_record_no BIGINT NOT NULL,
    owner           TEXT NOT NULL,
    snoozed_until   BIGINT,
    assigned_by     TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (left_record_no, right_record_no)
);

CREATE TABLE saved_view (
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    filter  TEXT NOT NULL,
    PRIMARY KEY (account, name)
);
