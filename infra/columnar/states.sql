-- Where is each item (信访件), with whom, and what became of it? (Art 10, 12, 13, 15, 16)
--
-- One row an item. A column is what the last fact that speaks of it says; `version` is the order of an item's facts.

CREATE TYPE step AS ENUM ('registered', 'sent', 'taken back', 'accepted', 'refused', 'channelled', 'answered',
    'review asked', 'reviewed', 'closed', 'withdrawn', 'determined', 'reopened', 'handler', 'resolved', 'desisted',
    'judged');
CREATE TYPE state AS ENUM ('registered', 'routed', 'accepted', 'answered', 'under_review', 'under_rereview', 'closed',
    'refused', 'channelled', 'withdrawn', 'determined', 'reopened');

-- What each step is, and the state that it leads to. Reopening leads to where the item waits, a revoked opinion back.
CREATE TABLE meant (type VARCHAR, step STEP, state STATE);
INSERT INTO meant VALUES
    ('petition.registered.v1', 'registered', 'registered'),
    ('petition.referred.v1', 'sent', 'routed'),
    ('petition.assigned.v1', 'sent', 'routed'),
    ('petition.assignment_withdrawn.v1', 'taken back', 'registered'),
    ('petition.accepted.v1', 'accepted', 'accepted'),
    ('petition.not_accepted.v1', 'refused', 'refused'),
    ('petition.no_longer_accepted.v1', 'refused', 'refused'),
    ('petition.channelled.v1', 'channelled', 'channelled'),
    ('petition.answered.v1', 'answered', 'answered'),
    ('petition.review_requested.v1', 'review asked', 'under_review'),
    ('petition.rereview_requested.v1', 'review asked', 'under_rereview'),
    ('petition.review_answered.v1', 'reviewed', 'answered'),
    ('petition.rereview_answered.v1', 'reviewed', 'answered'),
    ('petition.closed.v1', 'closed', 'closed'),
    ('petition.withdrawn.v1', 'withdrawn', 'withdrawn'),
    ('petition.determined.v1', 'determined', 'determined'),
    ('petition.reopened.v1', 'reopened', 'reopened'),
    ('petition.handler_changed.v1', 'handler', NULL),
    ('petition.resolved.v1', 'resolved', NULL),
    ('petition.desisted.v1', 'desisted', NULL),
    ('petition.repeat_judged.v1', 'judged', NULL);

CREATE TABLE states AS
WITH registered AS (
    SELECT no, unit AS registered_by, day AS registered_on, coalesce(received_on, day) AS received_on, channel, purpose,
        category, place, persons, about_unit, about_official, coalesce(anonymous, false) AS anonymous,
        coalesce(collective, false) AS collective
    FROM items
),
-- An answer that names the first handler was given at once (当即答复): it is an acceptance too.
step AS (
    SELECT steps.* EXCLUDE (position, type), meant.step, meant.state,
        step = 'answered' AND first_unit IS NOT NULL AS at_once, step = 'sent' AS sent,
        step = 'accepted' OR at_once AS accepts, step = 'reviewed' AND outcome = 'revoked' AS revoked
    FROM steps JOIN meant USING (type)
),
course AS (
    SELECT no,
        arg_max(if(revoked, 'accepted', state), version) FILTER (state IS NOT NULL) AS state,
        bool_or(sent OR accepts) AS was_held,
        max(version) FILTER (step = 'taken back') AS taken_back,
        max(version) FILTER (sent OR accepts) AS moved,
        arg_max(unit, version) FILTER (sent) AS sent_by,
        arg_max(if(sent, to_unit, unit), version) FILTER (sent OR accepts OR step = 'registered') AS unit,
        arg_max_null(CASE WHEN at_once THEN actor WHEN NOT sent THEN handler END, version)
            FILTER (sent OR accepts OR step = 'handler') AS handler,
        arg_min(day, version) FILTER (accepts OR step IN ('refused', 'channelled')) AS accepted_on,
        arg_max(day, version) FILTER (step = 'answered') AS answered_on,
        arg_max(outcome, version) FILTER (step = 'answered') AS outcome,
        max(version) FILTER (step = 'closed') AS closed,
        arg_max(day, version) FILTER (step = 'closed') AS closed_on,
        arg_min(day, version) FILTER (step = 'determined') AS determined_on,
        max(version) FILTER (step = 'reopened') AS reopened,
        max(version) FILTER (step = 'reopened' OR revoked) AS undone,
        max(version) FILTER (step = 'resolved') AS resolved,
        bool_or(step = 'desisted') AS desisted,
        -- First handler (首办) and matter are decided with the event; the newest judgement on repeats (判重) holds.
        arg_max_null(first_unit, version) FILTER (first_unit IS NOT NULL OR step = 'judged') AS first_unit,
        arg_max(matter, version) FILTER (step = 'judged') AS matter,
        arg_max(repeat_number, version) FILTER (step = 'judged') AS repeat_number,
        arg_max(skip_level, version) FILTER (skip_level IS NOT NULL) AS skip_level
    FROM step GROUP BY no
),
rated AS (
    SELECT no,
        arg_max(score, version) FILTER (target = 'unit') AS unit_score,
        arg_max(day, version) FILTER (target = 'unit') AS unit_rated_on,
        arg_max(score, version) FILTER (target = 'bureau') AS bureau_score,
        arg_max(day, version) FILTER (target = 'bureau') AS bureau_rated_on
    FROM ratings GROUP BY no
),
-- Who sends an item on and names no unit acts for the one that has it: told step by step, for it happens seldom.
hand AS (
    SELECT no, version, step, coalesce(to_unit, unit) AS unit, unit AS by
    FROM steps JOIN meant USING (type)
        SEMI JOIN (SELECT no FROM steps JOIN meant USING (type) WHERE step = 'sent' AND unit IS NULL) USING (no)
    WHERE step IN ('registered', 'sent', 'taken back', 'accepted') OR step = 'answered' AND first_unit IS NOT NULL
),
nameless AS (
    SELECT no, list_reduce(list(hand ORDER BY version), lambda had, now: {
        'no': now.no, 'version': now.version, 'step': now.step,
        'unit': if(now.step = 'taken back', had.by, coalesce(now.unit, had.unit)),
        'by': if(now.step = 'sent', coalesce(now.by, had.unit), had.by)}).unit AS unit
    FROM hand GROUP BY no
),
clocks AS (
    SELECT no,
        count_if(missed AND NOT is_trigger) AS late,
        min(due_on) FILTER (met_on IS NULL AND NOT ended AND NOT is_right) AS due_on,
        arg_max({'strict': strict_on, 'missed': missed, 'met': met_on}, started) FILTER (clock = 'K1') AS k1,
        arg_max({'strict': strict_on, 'missed': missed, 'met': met_on}, started)
            FILTER (clock IN ('K5', 'K12') AND NOT ended) AS handled
    FROM deadlines GROUP BY no
)
SELECT no,
    if(course.state = 'reopened', if(was_held, 'routed', 'registered'), course.state)::VARCHAR AS state,
    -- An assignment that is taken back gives the item to who had sent it.
    coalesce(nameless.unit, if(taken_back > moved, sent_by, course.unit)) AS unit,
    handler, first_unit, registered_by, channel, purpose, category, place,
    persons, nullif(matter, no) AS "first", coalesce(repeat_number, 0) AS repeat_number, collective,
    coalesce(skip_level, false) AS skip_level, anonymous, about_unit, about_official, registered_on, received_on,
    accepted_on, answered_on, CASE WHEN closed > coalesce(undone, 0) THEN closed_on ELSE determined_on END AS closed_on,
    outcome,
    -- 化解 holds until the item is taken up again, 息诉罢访 for good.
    coalesce(resolved > coalesce(reopened, 0), false) AS resolved, desisted,
    state IN ('closed', 'determined', 'withdrawn', 'channelled', 'refused') AS over, coalesce(late, 0) AS late, due_on,
    k1.strict AS k1_strict, coalesce(k1.missed, false) AS k1_missed, k1.met AS k1_met,
    handled.strict AS handled_strict, coalesce(handled.missed, false) AS handled_missed, handled.met AS handled_met,
    unit_score, unit_rated_on, bureau_score, bureau_rated_on
FROM registered JOIN course USING (no) LEFT JOIN rated USING (no) LEFT JOIN nameless USING (no)
    LEFT JOIN clocks USING (no);

-- What is counted of them: each registration, and each time that an item went up (上行, Art 12), on its own day.
CREATE TABLE counted AS
WITH each_time AS (
    FROM (SELECT *, registered_on AS day, NULL AS raised_to, NULL AS kind, NULL AS beyond FROM states)
    UNION ALL BY NAME
    FROM (SELECT * FROM states JOIN (SELECT no, day, level AS raised_to, kind, beyond FROM raised) USING (no))
)
-- A column is true or says nothing.
SELECT registered_by, coalesce(units.level, '') AS level, coalesce(first_unit, unit) AS responsible, place, category,
    channel, purpose, day, if(raised_to IS NULL, true, NULL) AS registered,
    if(registered AND "first" IS NULL, true, NULL) AS first_time,
    if(registered AND "first" IS NOT NULL, true, NULL) AS repeat,
    if(registered AND skip_level, true, NULL) AS skip_level, if(registered AND collective, true, NULL) AS collective,
    nullif(raised_to = 'city', false) AS to_city, nullif(raised_to = 'province', false) AS to_province,
    nullif(raised_to = 'national', false) AS to_nation, nullif(beyond, false) AS beyond,
    nullif(kind = 'collective', false) AS collective_above, nullif(kind = 'irregular', false) AS irregular
FROM each_time LEFT JOIN (SELECT unit AS registered_by, level FROM units) AS units USING (registered_by);
