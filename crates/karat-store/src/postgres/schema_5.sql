-- The same table and columns as in sqlite/schema_5.sql, where they are explained.
--
-- Values of persons stand also in search_waiting.text.

CREATE TABLE search_waiting (
    entity_no BIGINT PRIMARY KEY,
    text      TEXT NOT NULL
);
