"""What the ledger asks and tells the server about changes, steps and what is due."""

from typing import LiteralString

# As JSON, a date is ISO 8601 in every session; as text it follows DateStyle.
_COLUMNS: LiteralString = """
    SELECT c.id, c.name, c.kind, c.definition::text, c.plan::text, c.fingerprint, c.reached,
           c.outcome, c.owner, to_json(c.contract_by) #>> '{}', to_json(c.created_at) #>> '{}',
           to_json(c.reached_at) #>> '{}', c.last_error, c.coming_back, c.built
    FROM expandcontract.changes c
"""
FIND: LiteralString = _COLUMNS + " WHERE c.name = %(name)s ORDER BY c.id DESC LIMIT 1"
# `users.email` means a column of any schema's table of that name: of the change that is open, else
# of the newest that was closed, else of the newest that was reverted.
FIND_BY_OBJECT: LiteralString = (
    _COLUMNS
    + """
    WHERE EXISTS (
        SELECT FROM unnest(c.objects) AS object
        WHERE object = %(name)s OR right(object, length(%(name)s) + 1) = '.' || %(name)s)
    ORDER BY c.outcome NULLS FIRST, c.id DESC LIMIT 1
"""
)
GET: LiteralString = _COLUMNS + " WHERE c.id = %(id)s::bigint"
ALL: LiteralString = _COLUMNS + " ORDER BY c.outcome NULLS FIRST, c.id"

ADD: LiteralString = """
    INSERT INTO expandcontract.changes
        (name, kind, definition, objects, plan, fingerprint, owner, contract_by)
    VALUES (%(name)s, %(kind)s, %(definition)s::jsonb,
            ARRAY(SELECT jsonb_array_elements_text(%(objects)s::jsonb)), %(plan)s::jsonb,
            %(fingerprint)s, %(owner)s::text, %(contract_by)s::date)
    RETURNING id
"""
CLAIM: LiteralString = """
    INSERT INTO expandcontract.claims (relation, object, change_id)
    VALUES (%(relation)s, %(object)s, %(id)s::bigint)
    ON CONFLICT (relation, object) DO NOTHING
"""
CLAIMED: LiteralString = """
    SELECT l.object, c.name
    FROM expandcontract.claims l JOIN expandcontract.changes c ON c.id = l.change_id
    WHERE l.relation = %(relation)s AND l.object = %(object)s AND l.change_id <> %(id)s::bigint
"""
# A change of a whole table holds `*`, which overlaps with every part of it.
OVERLAPPING: LiteralString = """
    SELECT l.object, c.name
    FROM expandcontract.claims l JOIN expandcontract.changes c ON c.id = l.change_id
    WHERE l.relation = %(relation)s AND l.change_id <> %(id)s::bigint
      AND l.object <> %(object)s AND '*' IN (l.object, %(object)s)
    ORDER BY 1
"""
UNCLAIM: LiteralString = "DELETE FROM expandcontract.claims WHERE change_id = %(id)s::bigint"
SET_REACHED: LiteralString = """
    UPDATE expandcontract.changes
    SET reached = %(reached)s, outcome = %(outcome)s::text, reached_at = clock_timestamp(),
        coming_back = false, built = false, last_error = NULL, last_error_at = NULL
    WHERE id = %(id)s::bigint
"""
COMES_BACK: LiteralString = """
    UPDATE expandcontract.changes SET coming_back = true, outcome = NULL
    WHERE id = %(id)s::bigint
"""
SET_BUILT: LiteralString = """
    UPDATE expandcontract.changes SET built = true WHERE id = %(id)s::bigint
"""
SET_ERROR: LiteralString = """
    UPDATE expandcontract.changes
    SET last_error = %(error)s, last_error_at = clock_timestamp()
    WHERE id = %(id)s::bigint
"""
SET_STEP: LiteralString = """
    INSERT INTO expandcontract.steps AS s (change_id, name, phase, state, finished_at, error)
    VALUES (%(id)s::bigint, %(step)s, %(phase)s, %(state)s,
            CASE WHEN %(state)s IN ('done', 'reverted') THEN clock_timestamp() END, %(error)s::text)
    ON CONFLICT (change_id, name) DO UPDATE SET
        state = excluded.state, finished_at = excluded.finished_at, error = excluded.error,
        attempts = s.attempts + (excluded.state = 'running')::integer
"""
SETTLE: LiteralString = """
    UPDATE expandcontract.steps SET state = %(state)s, finished_at = clock_timestamp()
    WHERE change_id = %(id)s::bigint AND phase = %(phase)s AND state = 'running'
"""
STEPS: LiteralString = """
    SELECT name, phase, state, attempts, started_at::text, finished_at::text, error
    FROM expandcontract.steps WHERE change_id = %(id)s::bigint
"""
STEP_AGES: LiteralString = """
    SELECT name, extract(epoch FROM clock_timestamp() - finished_at)::float8
    FROM expandcontract.steps
    WHERE change_id = %(id)s::bigint AND state = 'done' AND finished_at IS NOT NULL
"""
FORGET_STEP: LiteralString = """
    DELETE FROM expandcontract.steps WHERE change_id = %(id)s::bigint AND name = %(step)s
"""
FORGET_LANES: LiteralString = """
    DELETE FROM expandcontract.lanes WHERE change_id = %(id)s::bigint AND step = %(step)s
"""
FORGET_QUARANTINE: LiteralString = """
    DELETE FROM expandcontract.quarantine WHERE change_id = %(id)s::bigint AND step = %(step)s
"""
DEFER: LiteralString = """
    INSERT INTO expandcontract.due AS d (change_id, phase, revision, reasons)
    VALUES (%(id)s::bigint, %(phase)s, %(revision)s::text, %(reasons)s::jsonb)
    ON CONFLICT (change_id, phase) DO UPDATE SET reasons = excluded.reasons
"""
NOT_DUE: LiteralString = """
    DELETE FROM expandcontract.due WHERE change_id = %(id)s::bigint AND phase = %(phase)s
"""
DUE: LiteralString = """
    SELECT change_id, phase, revision, reasons::text, to_json(since) #>> '{}'
    FROM expandcontract.due ORDER BY since, change_id
"""
SET_SWITCH: LiteralString = """
    INSERT INTO expandcontract.positions (change_id, percent, at)
    VALUES (%(id)s::bigint, %(percent)s::integer, clock_timestamp())
"""
KILL: LiteralString = """
    INSERT INTO expandcontract.positions (change_id, percent, killed, at)
    VALUES (%(id)s::bigint, 0, true, clock_timestamp())
"""
SWITCH: LiteralString = """
    SELECT percent, killed FROM expandcontract.switches WHERE change_id = %(id)s::bigint
"""
TELL: LiteralString = """
    INSERT INTO expandcontract.events (change_id, what, detail)
    VALUES (%(id)s::bigint, %(what)s, %(detail)s::jsonb)
"""
EVENTS: LiteralString = """
    SELECT to_json(at) #>> '{}', what, detail::text FROM (
        SELECT id, at, what, detail FROM expandcontract.events
        WHERE change_id = %(id)s::bigint ORDER BY id DESC LIMIT %(latest)s::integer
    ) AS latest ORDER BY id
"""
