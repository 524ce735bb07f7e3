-- Reports with their decks, standing orders for them, their runs, and what was posted where.

CREATE TABLE report (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    kind {id} NOT NULL CHECK (kind IN ('summary', 'quarterly', 'annual')),
    period_label TEXT NOT NULL,
    -- Names the filters it was made under; '' for all partners.
    view_key {id} NOT NULL,
    -- Figures and words as they were, JSON.
    body TEXT NOT NULL,
    file_name TEXT NOT NULL,
    title TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {strict};
CREATE INDEX report_latest ON report (workspace_id, kind, created_at);
-- A signed link names a report and nothing else.
CREATE UNIQUE INDEX report_id ON report (id);

-- The bytes stand apart, so that reading about a report does not read its deck.
CREATE TABLE report_deck (
    workspace_id {id} NOT NULL,
    report_id {id} NOT NULL,
    bytes {blob} NOT NULL,
    PRIMARY KEY (workspace_id, report_id),
    FOREIGN KEY (workspace_id, report_id) REFERENCES report (workspace_id, id)
) {strict};

CREATE TABLE schedule (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    -- Report, view and timing as ordered, JSON.
    order_body TEXT NOT NULL,
    -- The place to post to, and the person to tell, JSON.
    place TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    -- A removed one stays for the sake of its runs.
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'removed')),
    approval TEXT NOT NULL CHECK (approval IN ('off', 'required')),
    -- The nominal local time of the next run, its name; '' when none will come.
    next_slot TEXT NOT NULL,
    next_due_at {int},
    -- Counts every change.
    revision {int} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK ((next_slot = '') = (next_due_at IS NULL))
) {strict};
-- For the tick over all workspaces, and for its jobs, which name a schedule only.
CREATE INDEX schedule_due ON schedule (next_due_at) WHERE state = 'active';
CREATE UNIQUE INDEX schedule_id ON schedule (id);

-- One run per schedule and slot, whatever becomes of it.
CREATE TABLE schedule_run (
    workspace_id {id} NOT NULL,
    schedule_id {id} NOT NULL,
    slot {id} NOT NULL,
    due_at {int} NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('started', 'sending', 'posted', 'skipped', 'held', 'failed')),
    note TEXT NOT NULL,
    PRIMARY KEY (workspace_id, schedule_id, slot),
    FOREIGN KEY (workspace_id, schedule_id) REFERENCES schedule (workspace_id, id)
) {strict};
CREATE INDEX schedule_run_due ON schedule_run (workspace_id, due_at);

-- One (report type, view, channel, period) is posted once unless somebody asks again.
CREATE TABLE posted (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    kind {id} NOT NULL CHECK (kind IN ('summary', 'quarterly', 'annual')),
    view_key {id} NOT NULL,
    channel_key {id} NOT NULL,
    period_label {id} NOT NULL,
    PRIMARY KEY (workspace_id, kind, view_key, channel_key, period_label)
) {strict};
