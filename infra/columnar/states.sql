-- Where is each item (信访件), with whom, and what became of it? (Art 10, 12, 13, 15, 16)
--
-- One row an item. A column is what the last fact that speaks of it says; `version` is the order of an item's facts.

CREATE TABLE states AS
WITH registered AS (
    SELECT no, unit AS registered_by, day AS registered_on, coalesce(fact.received_on, day) AS received_on,
        fact.channel, fact.purpose, fact.category, fact.place, fact.persons, coalesce(fact.anonymous, false) AS anonymous,
        fact.about_unit, fact.about_official, coalesce(decided.collective, false) AS collective
    FROM events WHERE type = 'petition.registered.v1'
),
-- An answer that names the first handler was given at once (当即答复): it is an acceptance too.
step AS (
    SELECT no, version, day, type, unit, actor, fact.to_unit, fact.handler, fact.outcome,
        type = 'petition.answered.v1' AND decided.first_handler.unit IS NOT NULL AS at_once,
        type IN ('petition.referred.v1', 'petition.assigned.v1') AS sent,
        at_once OR type = 'petition.accepted.v1' AS accepts,
        type IN ('petition.review_answered.v1', 'petition.rereview_answered.v1') AS reviewed
    FROM events WHERE type IN (
        'petition.registered.v1', 'petition.referred.v1', 'petition.assigned.v1', 'petition.assignment_withdrawn.v1',
        'petition.accepted.v1', 'petition.handler_changed.v1', 'petition.not_accepted.v1', 'petition.no_longer_accepted.v1',
        'petition.channelled.v1', 'petition.answered.v1', 'petition.review_requested.v1', 'petition.review_answered.v1',
        'petition.rereview_requested.v1', 'petition.rereview_answered.v1', 'petition.closed.v1', 'petition.withdrawn.v1',
        'petition.determined.v1', 'petition.reopened.v1', 'petition.resolved.v1', 'petition.desisted.v1')
),
course AS (
    SELECT no,
        arg_max(type, version) FILTER (type NOT IN ('petition.handler_changed.v1', 'petition.resolved.v1', 'petition.desisted.v1')) AS last,
        arg_max(outcome, version) FILTER (reviewed) AS review,
        bool_or(sent OR accepts) AS was_held,
        arg_max(CASE WHEN sent THEN to_unit ELSE unit END, version)
            FILTER (sent OR accepts OR type = 'petition.registered.v1') AS unit,
        arg_max_null(CASE WHEN at_once THEN actor WHEN NOT sent THEN handler END, version)
            FILTER (sent OR accepts OR type = 'petition.handler_changed.v1') AS handler,
        arg_min(day, version) FILTER (accepts OR type IN ('petition.not_accepted.v1',
            'petition.no_longer_accepted.v1', 'petition.channelled.v1')) AS accepted_on,
        arg_max(day, version) FILTER (type = 'petition.answered.v1') AS answered_on,
        arg_max(outcome, version) FILTER (type = 'petition.answered.v1') AS outcome,
        max(version) FILTER (type = 'petition.closed.v1') AS closed,
        arg_max(day, version) FILTER (type = 'petition.closed.v1') AS closed_on,
        arg_min(day, version) FILTER (type = 'petition.determined.v1') AS determined_on,
        max(version) FILTER (type = 'petition.reopened.v1') AS reopened,
        max(version) FILTER (type = 'petition.reopened.v1' OR reviewed AND outcome = 'revoked') AS undone,
        -- 化解 holds until the item is taken up again, 息诉罢访 for good.
        max(version) FILTER (type = 'petition.resolved.v1') AS resolved,
        bool_or(type = 'petition.desisted.v1') AS desisted
    FROM step GROUP BY no
),
-- An assignment that is taken back gives the item to who had sent it; who names no unit acts for the one that has it.
hand AS (
    SELECT no, version, type AS what, coalesce(fact.to_unit, unit) AS unit, unit AS by
    FROM events SEMI JOIN (SELECT no FROM events WHERE type = 'petition.assignment_withdrawn.v1') USING (no)
    WHERE type IN ('petition.registered.v1', 'petition.referred.v1', 'petition.assigned.v1', 'petition.accepted.v1',
        'petition.assignment_withdrawn.v1') OR type = 'petition.answered.v1' AND decided.first_handler.unit IS NOT NULL
),
taken_back AS (
    SELECT no, list_reduce(list(hand ORDER BY version), lambda had, now: {
        'no': now.no, 'version': now.version, 'what': now.what,
        'unit': if(now.what = 'petition.assignment_withdrawn.v1', had.by, coalesce(now.unit, had.unit)),
        'by': CASE WHEN now.what IN ('petition.referred.v1', 'petition.assigned.v1') THEN coalesce(now.by, had.unit)
            ELSE had.by END}).unit AS unit
    FROM hand GROUP BY no
),
-- First handler (首办) and matter are decided with the event; the newest judgement on repeats (判重) holds.
judged AS (
    SELECT no, arg_max_null(decided.first_handler.unit, version) AS first_unit,
        arg_max(decided.matter, version) AS matter, arg_max(decided.repeat_number, version) AS repeat_number
    FROM events WHERE decided.first_handler.unit IS NOT NULL OR decided.repeat_number IS NOT NULL GROUP BY no
),
level AS (
    SELECT no, arg_max(decided.skip_level, version) AS skip_level
    FROM events WHERE decided.skip_level IS NOT NULL GROUP BY no
),
rated AS (
    SELECT no,
        arg_max(fact.score, version) FILTER (fact.target = 'unit') AS unit_score,
        arg_max(day, version) FILTER (fact.target = 'unit') AS unit_rated_on,
        arg_max(fact.score, version) FILTER (fact.target = 'bureau') AS bureau_score,
        arg_max(day, version) FILTER (fact.target = 'bureau') AS bureau_rated_on
    FROM events WHERE type = 'petition.rated.v1' GROUP BY no
),
clocks AS (
    SELECT no,
        count_if(NOT is_right AND NOT is_trigger AND (missed_at IS NOT NULL OR met_on > due_on)) AS late,
        min(due_on) FILTER (met_on IS NULL AND NOT ended AND NOT is_right) AS due_on,
        arg_max({'strict': strict_on, 'missed': missed, 'met': met_on}, started) FILTER (clock = 'K1') AS k1,
        arg_max({'strict': strict_on, 'missed': missed, 'met': met_on}, started)
            FILTER (clock IN ('K5', 'K12') AND NOT ended) AS handled
    FROM deadlines GROUP BY no
)
SELECT no,
    CASE last
        WHEN 'petition.registered.v1' THEN 'registered'
        WHEN 'petition.referred.v1' THEN 'routed'
        WHEN 'petition.assigned.v1' THEN 'routed'
        WHEN 'petition.assignment_withdrawn.v1' THEN 'registered'
        WHEN 'petition.accepted.v1' THEN 'accepted'
        WHEN 'petition.not_accepted.v1' THEN 'refused'
        WHEN 'petition.no_longer_accepted.v1' THEN 'refused'
        WHEN 'petition.channelled.v1' THEN 'channelled'
        WHEN 'petition.answered.v1' THEN 'answered'
        WHEN 'petition.review_requested.v1' THEN 'under_review'
        WHEN 'petition.rereview_requested.v1' THEN 'under_rereview'
        WHEN 'petition.review_answered.v1' THEN if(review = 'revoked', 'accepted', 'answered')
        WHEN 'petition.rereview_answered.v1' THEN if(review = 'revoked', 'accepted', 'answered')
        WHEN 'petition.closed.v1' THEN 'closed'
        WHEN 'petition.withdrawn.v1' THEN 'withdrawn'
        WHEN 'petition.determined.v1' THEN 'determined'
        WHEN 'petition.reopened.v1' THEN if(was_held, 'routed', 'registered')
    END AS state,
    coalesce(taken_back.unit, course.unit) AS unit, handler, first_unit, registered_by, channel, purpose, category, place,
    persons, nullif(matter, no) AS "first", coalesce(repeat_number, 0) AS repeat_number, collective,
    coalesce(skip_level, false) AS skip_level, anonymous, about_unit, about_official, registered_on, received_on,
    accepted_on, answered_on, CASE WHEN closed > coalesce(undone, 0) THEN closed_on ELSE determined_on END AS closed_on,
    outcome, coalesce(resolved > coalesce(reopened, 0), false) AS resolved, desisted,
    state IN ('closed', 'determined', 'withdrawn', 'channelled', 'refused') AS over, coalesce(late, 0) AS late, due_on,
    k1.strict AS k1_strict, coalesce(k1.missed, false) AS k1_missed, k1.met AS k1_met,
    handled.strict AS handled_strict, coalesce(handled.missed, false) AS handled_missed, handled.met AS handled_met,
    unit_score, unit_rated_on, bureau_score, bureau_rated_on
FROM registered JOIN course USING (no) LEFT JOIN taken_back USING (no)
    LEFT JOIN judged USING (no) LEFT JOIN level USING (no) LEFT JOIN rated USING (no) LEFT JOIN clocks USING (no);

-- Each time that an item went up (上行, Art 12).
CREATE TABLE raised AS
SELECT no, position, day, fact.level AS level, fact.kind AS kind, coalesce(decided.beyond, false) AS beyond
FROM events WHERE type = 'petition.raised_above.v1';
