-- A schedule keeps its number for ever. Those there are get the place they are listed at; removed
-- ones come behind, so that nobody's number changes.
ALTER TABLE schedule ADD COLUMN number {int} NOT NULL DEFAULT 0;
-- Why it was paused when nobody asked for it, such as that the app was removed; '' otherwise.
ALTER TABLE schedule ADD COLUMN paused_because TEXT NOT NULL DEFAULT '';
UPDATE schedule SET number = (
    SELECT COUNT(*) FROM schedule AS earlier
    WHERE earlier.workspace_id = schedule.workspace_id AND (
        (earlier.state <> 'removed' AND schedule.state = 'removed')
        OR ((earlier.state = 'removed') = (schedule.state = 'removed')
            AND (earlier.created_at < schedule.created_at
                OR (earlier.created_at = schedule.created_at AND earlier.id <= schedule.id)))));
CREATE UNIQUE INDEX schedule_number ON schedule (workspace_id, number) WHERE number > 0;

-- A report on its way to people, asked for by hand or made by a schedule, and its deck, which may be
-- missing where the message stands.
CREATE TABLE delivery (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    report_id {id} NOT NULL,
    -- The schedule and the slot that it was made for; '' when somebody asked for it.
    schedule_id {id} NOT NULL,
    slot {id} NOT NULL,
    kind {id} NOT NULL,
    period_label {id} NOT NULL,
    -- The place to post to, JSON, and its lane.
    place TEXT NOT NULL,
    lane {id} NOT NULL,
    -- The channel as people call it; '' for a direct chat.
    channel TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    at {int} NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('started', 'sending', 'posted', 'skipped', 'held', 'failed')),
    note TEXT NOT NULL,
    -- How often it was put into the outbox.
    tries {int} NOT NULL,
    deck TEXT NOT NULL CHECK (deck IN ('waiting', 'sending', 'sent', 'missing')),
    deck_note TEXT NOT NULL,
    deck_tries {int} NOT NULL,
    PRIMARY KEY (workspace_id, report_id)
) {strict};
CREATE INDEX delivery_latest ON delivery (workspace_id, at);
CREATE INDEX delivery_posted ON delivery (workspace_id, lane, period_label);
CREATE INDEX delivery_run ON delivery (workspace_id, schedule_id, slot) WHERE schedule_id <> '';
