-- Which limits ran on each item: set, moved, met, ended, missed? (Art 15; R2005 21-36, R2022 22-40)
--
-- A limit is named by its item, its clock and the version of the event that started it. What the law made of a step was
-- decided when the log took it; here it is read, and no day is counted again.

CREATE TABLE deadlines AS
WITH begun AS (
    SELECT no, position AS set_at, unnest(decided."set", max_depth := 2) FROM events WHERE kind = 'petition'
),
met AS (
    SELECT no, unnest(decided.met, max_depth := 2) FROM events
),
-- Ended unmet: another unit has the item now, or nothing is owed any more.
ended AS (
    SELECT no, clock, started, min(day) AS ended_on, min(position) AS ended_at
    FROM (SELECT no, day, position, unnest(decided.ended, max_depth := 2) FROM events) GROUP BY no, clock, started
),
-- Moved by an extension, or by a hearing at re-review (K9), from one last day to the next.
moved AS (
    SELECT no, clock, started, max_by(COLUMNS(['strict_on', 'due_on', 'extended', 'provisional']), moved_at),
        arg_max_null(paused_on, moved_at) AS paused_on,
        min(moved_at) AS first_at, min_by(due_on, moved_at) AS first_due_on,
        arg_min_null(paused_on, moved_at) AS first_paused_on,
        max(moved_at) FILTER (due_on > due_before OR paused_on <= due_before) AS again_at
    FROM (
        SELECT *, lag(due_on) OVER (PARTITION BY no, clock, started ORDER BY moved_at) AS due_before
        FROM (SELECT no, position AS moved_at, unnest(decided.moved, max_depth := 2) FROM events)
    )
    GROUP BY no, clock, started
),
-- The clock wrote down that nobody had met it.
breach AS (
    SELECT no, fact.clock AS clock, fact.started AS started, max(position) AS breach_at
    FROM events WHERE type IN ('deadline.missed.v1', 'supervision.due.v1') GROUP BY ALL
),
run AS (
    SELECT no, clock, started, starts_on, owed_by, set_at, extended, paused_on, ended_on, ended_at,
        coalesce(moved.strict_on, begun.strict_on) AS strict_on, coalesce(moved.due_on, begun.due_on) AS due_on,
        coalesce(moved.provisional, begun.provisional) AS provisional,
        met."on" AS met_on, met."on" IS NULL AND ended_at IS NOT NULL AS ended,
        clock IN ('K4', 'K6', 'K8') AS is_right, clock[1] = 'S' AS is_trigger,
        -- A breach on record was none if the limit was moved to a later day since, or stood still in time.
        first_due_on > begun.due_on OR first_paused_on <= begun.due_on AS first_counts,
        coalesce(again_at, if(first_counts, first_at, 0), 0) AS void_at,
        if(breach_at > void_at, breach_at, NULL) AS breach_at
    FROM begun LEFT JOIN met USING (no, clock, started) LEFT JOIN ended USING (no, clock, started)
        LEFT JOIN moved USING (no, clock, started) LEFT JOIN breach USING (no, clock, started)
)
SELECT no, clock, started, starts_on, strict_on, due_on, owed_by, met_on, ended, coalesce(extended, 0) AS extended,
    paused_on, provisional, is_right, is_trigger, set_at,
    -- Ended unmet in time, a breach on record was none; after its last day, the end itself shows the breach.
    CASE
        WHEN NOT ended THEN breach_at
        WHEN ended_on <= due_on THEN NULL
        WHEN is_right OR is_trigger OR paused_on IS NOT NULL THEN breach_at
        ELSE coalesce(breach_at, ended_at)
    END AS missed_at,
    -- Nobody is at fault when a right passes unused.
    NOT is_right AND if(met_on IS NULL, missed_at IS NOT NULL, met_on > due_on) AS missed
FROM run;
