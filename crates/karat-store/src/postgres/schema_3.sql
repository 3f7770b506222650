-- The same columns as in sqlite/schema_3.sql, where they are explained; none has values of persons.

ALTER TABLE arrival ADD COLUMN previous_no BIGINT;
UPDATE arrival SET previous_no = pair.earlier_no
FROM (SELECT arrival_no AS later_no,
          lag(arrival_no) OVER (PARTITION BY record_no ORDER BY arrival_no) AS earlier_no
      FROM arrival) AS pair
WHERE arrival.arrival_no = pair.later_no AND pair.earlier_no IS NOT NULL;

ALTER TABLE publication ADD COLUMN base_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE publication ADD COLUMN since_event BIGINT;
ALTER TABLE publication ADD COLUMN event_no BIGINT;
ALTER TABLE publication ADD COLUMN at BIGINT;
UPDATE publication SET base_no = publication_no;
UPDATE publication
SET event_no = (SELECT coalesce(max(event_no), 0) FROM event),
    at = extract(epoch FROM now())::bigint
WHERE publication_no = (SELECT max(publication_no) FROM publication);
