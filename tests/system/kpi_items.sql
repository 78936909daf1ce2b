-- What the rates of domain.md 1.10 are counted from, out of the exported log (`events`), without a fold of ours.
-- `workdays` holds every working day of the years concerned.

CREATE TABLE told AS
SELECT position, type, version, unit, data, decided, replace(subject, 'petition:', '') AS no,
    CAST(make_timestamp(epoch_us(time::TIMESTAMPTZ) + 28800000000) AS DATE) AS day
FROM events;

-- Units: what lies below, and what went into one of them (R2005 25).
CREATE TABLE kin AS
SELECT subject AS unit, data->>'parent' AS above FROM events WHERE type = 'unit.established.v1'
UNION ALL
SELECT e.subject, coalesce(e.data->>'into', born.data->>'parent') FROM events e
JOIN events born ON born.subject = e.subject AND born.type = 'unit.established.v1'
WHERE e.type IN ('unit.merged.v1', 'unit.abolished.v1');

CREATE TABLE bureaus AS
SELECT subject AS unit FROM events
WHERE type = 'unit.established.v1' AND data->>'kind' IN ('bureau', 'reception_centre');

-- Items: who registered them and when; persons beyond 1 to 9999 are not counted.
CREATE TABLE item AS
SELECT no, unit AS registered_by, day AS registered_on FROM told
WHERE type = 'petition.registered.v1' AND CAST(data->>'persons' AS INTEGER) BETWEEN 1 AND 9999;

-- Repeats: the newest judgement holds; `matter` is the first item that it leads to.
CREATE TABLE repeats AS
SELECT no, max_by(decided->>'matter', version) AS matter FROM told WHERE type = 'petition.repeat_judged.v1'
GROUP BY no HAVING max_by(coalesce(data->>'first', ''), version) <> '';

-- Where an item is: with whom it was registered, sent, accepted, or answered at once.
CREATE TABLE moves AS
SELECT no, version, day, type, CASE
    WHEN type IN ('petition.referred.v1', 'petition.assigned.v1') THEN data->>'to_unit'
    WHEN type = 'petition.assignment_withdrawn.v1' THEN
        (SELECT max_by(s.unit, s.version) FROM told s WHERE s.no = m.no AND s.version < m.version
            AND s.type IN ('petition.referred.v1', 'petition.assigned.v1'))
    ELSE unit END AS unit
FROM told m
WHERE type IN ('petition.registered.v1', 'petition.referred.v1', 'petition.assigned.v1', 'petition.accepted.v1',
    'petition.assignment_withdrawn.v1', 'petition.answered.v1');

-- Acceptances, among them answers given at once: no acceptance stands since the item was last sent or reopened.
CREATE TABLE taken AS
SELECT m.no, m.version, m.day, m.unit FROM moves m
WHERE m.type = 'petition.accepted.v1' OR m.type = 'petition.answered.v1' AND NOT EXISTS (
    SELECT 1 FROM told a WHERE a.no = m.no AND a.version < m.version
        AND a.type IN ('petition.accepted.v1', 'petition.answered.v1')
        AND NOT EXISTS (SELECT 1 FROM told r WHERE r.no = m.no AND r.type = 'petition.reopened.v1'
            AND r.version BETWEEN a.version AND m.version));

CREATE TABLE held AS
SELECT no, max_by(unit, version) AS unit FROM moves m
WHERE type <> 'petition.answered.v1' OR EXISTS (SELECT 1 FROM taken t WHERE t.no = m.no AND t.version = m.version)
GROUP BY no;

-- The first handler (首办) rates and final solutions are asked of; the unit that has the item decides and answers.
CREATE TABLE handling AS
SELECT held.no, held.unit AS destination, coalesce(min_by(taken.unit, taken.version), held.unit) AS first_handler
FROM held LEFT JOIN taken USING (no) GROUP BY held.no, held.unit;

CREATE TABLE decision AS
SELECT no, min(day) AS day FROM (
    SELECT no, day FROM taken
    UNION ALL
    SELECT no, day FROM told WHERE type IN
        ('petition.not_accepted.v1', 'petition.no_longer_accepted.v1', 'petition.channelled.v1')
) GROUP BY no;

-- Clocks: set, moved while they run, met or ended once.
CREATE TABLE clock AS
SELECT t.no, t.version, d->>'clock' AS clock, CAST(d->>'started' AS INTEGER) AS started,
    CAST(d->>'strict_on' AS DATE) AS strict_on, CAST(d->>'due_on' AS DATE) AS due_on
FROM told t, unnest(CAST(t.decided->'set' AS JSON[])) AS u(d)
WHERE d->>'clock' IN ('K1', 'K5', 'K12');

CREATE TABLE over AS
SELECT no, clock, started, min(version) AS version, min_by(met_on, version) AS met_on FROM (
    SELECT no, version, m->>'clock' AS clock, CAST(m->>'started' AS INTEGER) AS started,
        CAST(m->>'on' AS DATE) AS met_on
    FROM told, unnest(CAST(decided->'met' AS JSON[])) AS u(m)
    UNION ALL
    SELECT no, version, e->>0, CAST(e->>1 AS INTEGER), NULL
    FROM told, unnest(CAST(decided->'ended' AS JSON[])) AS u(e)
) GROUP BY ALL HAVING clock IS NOT NULL;

CREATE TABLE moved AS
SELECT no, version, m->>'clock' AS clock, CAST(m->>'started' AS INTEGER) AS started,
    CAST(m->>'strict_on' AS DATE) AS strict_on, CAST(m->>'due_on' AS DATE) AS due_on
FROM told, unnest(CAST(decided->'moved' AS JSON[])) AS u(m);

CREATE TABLE ran AS
SELECT c.no, c.clock, c.version, over.version IS NOT NULL AS stopped, over.met_on,
    coalesce(max_by(moved.strict_on, moved.version), c.strict_on) AS strict_on,
    coalesce(max_by(moved.due_on, moved.version), c.due_on) AS due_on
FROM clock c
LEFT JOIN over ON over.no = c.no AND over.clock = c.clock AND over.started = c.started
LEFT JOIN moved ON moved.no = c.no AND moved.clock = c.clock AND moved.started = c.started
    AND (over.version IS NULL OR moved.version <= over.version)
GROUP BY c.no, c.clock, c.version, c.strict_on, c.due_on, over.version, over.met_on;

CREATE TABLE forwarding AS
SELECT * FROM ran WHERE clock = 'K1';

-- The last limit for handling that did not end without an answer.
CREATE TABLE answering AS
SELECT no, max_by(strict_on, version) AS strict_on, max_by(coalesce(met_on <= due_on, false), version) AS in_time
FROM ran WHERE clock IN ('K5', 'K12') AND (met_on IS NOT NULL OR NOT stopped) GROUP BY no;

-- Ends: closed (办结), else determined; taken back by reopening and by a revoked opinion. 化解 by reopening only.
CREATE TABLE begun AS
SELECT no, max(version) AS version, max(version) FILTER (WHERE type = 'petition.reopened.v1') AS reopened
FROM told WHERE type IN ('petition.registered.v1', 'petition.reopened.v1')
    OR type IN ('petition.review_answered.v1', 'petition.rereview_answered.v1') AND data->>'outcome' = 'revoked'
GROUP BY no;

CREATE TABLE ended AS
SELECT begun.no,
    coalesce(max_by(day, told.version) FILTER (WHERE type = 'petition.closed.v1' AND told.version > begun.version),
        min_by(day, told.version) FILTER (WHERE type = 'petition.determined.v1' AND told.version > begun.version))
        AS closed_on,
    bool_or(type = 'petition.resolved.v1' AND told.version > coalesce(reopened, 0)) AS resolved
FROM begun JOIN told USING (no) GROUP BY begun.no;

-- Ratings: of items registered for the first time, answered, and not led into litigation.
CREATE TABLE answered AS
SELECT no, max_by(day, version) AS day FROM told WHERE type = 'petition.answered.v1' GROUP BY no;

CREATE TABLE rateable AS
SELECT item.no, registered_by, answered.day AS answered_on FROM item JOIN answered USING (no)
WHERE no NOT IN (SELECT no FROM repeats) AND no NOT IN (
    SELECT no FROM told GROUP BY no HAVING max(version) FILTER (WHERE type = 'petition.channelled.v1')
        > coalesce(max(version) FILTER (WHERE type = 'petition.reopened.v1'), 0));

CREATE TABLE rating AS
SELECT no, data->>'target' AS target, max_by(data->>'score', version) AS score, max_by(day, version) AS day
FROM told WHERE type = 'petition.rated.v1' GROUP BY ALL;
