-- Who stands above whom? (units, what went into which, petition bureaus)

-- What lies below a unit answers to it, and so does what went into it (R2005 25).
CREATE TABLE kin AS
WITH born AS (SELECT subject AS unit, parent FROM organs WHERE type = 'unit.established.v1')
SELECT unit, parent AS above FROM born WHERE parent IS NOT NULL
UNION ALL
SELECT subject, coalesce(organs.into, born.parent) FROM organs JOIN born ON subject = unit
WHERE type IN ('unit.merged.v1', 'unit.abolished.v1');

CREATE TABLE units AS
SELECT subject AS unit, level, kind IN ('bureau', 'reception_centre') AS is_bureau
FROM organs WHERE type = 'unit.established.v1';

-- A unit and all below it.
CREATE MACRO below(top) AS TABLE
WITH RECURSIVE members(unit) AS (
    SELECT top
    UNION
    SELECT kin.unit FROM kin JOIN members ON kin.above = members.unit
)
SELECT unit FROM members;
