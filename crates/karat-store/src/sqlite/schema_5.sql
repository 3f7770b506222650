-- Texts of entities that changes brought, which wait to come into the search index together: see
-- search/writer.rs.

CREATE TABLE search_waiting (
    entity_no INTEGER PRIMARY KEY,
    text      TEXT NOT NULL                 -- all values, folded
) STRICT;
