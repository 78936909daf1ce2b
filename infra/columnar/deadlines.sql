-- Which limits ran on each item: set, moved, met, ended, missed? (Art 15; R2005 21-36, R2022 22-40)
--
-- A limit is named by its item, its clock and the version of the event that started it. What the law made of a step was
-- decided when the log took it; here it is read, and no day is counted again.

CREATE TABLE deadlines AS
WITH later AS (
    SELECT no, clock, started,
        -- Ended unmet: another unit has the item now, or nothing is owed any more.
        min(day) FILTER (word = 'ended') AS ended_on, min(position) FILTER (word = 'ended') AS ended_at,
        -- Moved by an extension, or by a hearing at re-review (K9), from one last day to the next.
        max_by(COLUMNS(['strict_on', 'due_on', 'extended', 'provisional']), position) FILTER (word = 'moved'),
        arg_max_null(paused_on, position) FILTER (word = 'moved') AS paused_on,
        min(position) FILTER (word = 'moved') AS first_at,
        min_by(due_on, position) FILTER (word = 'moved') AS first_due_on,
        arg_min_null(paused_on, position) FILTER (word = 'moved') AS first_paused_on,
        max(position) FILTER (due_on > due_before OR paused_on <= due_before) AS again_at,
        -- The clock wrote down that nobody had met it.
        max(position) FILTER (word = 'missed') AS breach_at
    FROM (
        SELECT *, lag(due_on) OVER (PARTITION BY no, clock, started, word ORDER BY position) AS due_before
        FROM changes
    )
    GROUP BY no, clock, started
),
run AS (
    SELECT no, clock, started, begun.starts_on, begun.owed_by, begun.position AS set_at, later.extended,
        later.paused_on, ended_on, ended_at,
        coalesce(later.strict_on, begun.strict_on) AS strict_on, coalesce(later.due_on, begun.due_on) AS due_on,
        coalesce(later.provisional, begun.provisional) AS provisional,
        met.met_on, met.met_on IS NULL AND ended_at IS NOT NULL AS ended,
        clock IN ('K4', 'K6', 'K8') AS is_right, clock[1] = 'S' AS is_trigger,
        -- A breach on record was none if the limit was moved to a later day since, or stood still in time.
        first_due_on > begun.due_on OR first_paused_on <= begun.due_on AS first_counts,
        coalesce(again_at, if(first_counts, first_at, 0), 0) AS void_at,
        if(later.breach_at > void_at, later.breach_at, NULL) AS breach_at
    FROM limits AS begun LEFT JOIN met USING (no, clock, started) LEFT JOIN later USING (no, clock, started)
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
