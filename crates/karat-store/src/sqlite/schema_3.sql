-- What each publication took in, so that lineage can be asked as of any event or moment.

ALTER TABLE arrival ADD COLUMN previous_no INTEGER; -- the arrival of the same record before; null for none
UPDATE arrival SET previous_no = pair.earlier_no
FROM (SELECT arrival_no AS later_no,
          lag(arrival_no) OVER (PARTITION BY record_no ORDER BY arrival_no) AS earlier_no
      FROM arrival) AS pair
WHERE arrival.arrival_no = pair.later_no AND pair.earlier_no IS NOT NULL;

-- A publication of a load or of a change. Of those before only the last is known well enough: the
-- changes between two loads had one row together, and so its own events are not known either.

ALTER TABLE publication ADD COLUMN base_no INTEGER NOT NULL DEFAULT 0; -- the last one of a load
ALTER TABLE publication ADD COLUMN since_event INTEGER; -- the event before its own; null: unknown
ALTER TABLE publication ADD COLUMN event_no INTEGER;    -- the last event by then; null: unknown
ALTER TABLE publication ADD COLUMN at INTEGER;          -- never earlier than that before
UPDATE publication SET base_no = publication_no;
UPDATE publication SET event_no = (SELECT coalesce(max(event_no), 0) FROM event), at = unixepoch()
WHERE publication_no = (SELECT max(publication_no) FROM publication);
