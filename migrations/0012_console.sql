-- The web console: a form belongs to the tab of the browser that asked for it, and a private card of a
-- topic takes the place of the one before.

-- Beside console_form, which had one form for each person and goes in a later release.
CREATE TABLE console_sheet (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    person {id} NOT NULL,
    -- '' for a browser without script.
    tab {id} NOT NULL,
    -- Which form it is, whenever and wherever it is opened.
    about {id} NOT NULL,
    near TEXT NOT NULL,
    form TEXT NOT NULL,
    -- What it was sent with, hashed; '' while it is open.
    sent {id} NOT NULL,
    at {int} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {strict};
CREATE INDEX console_sheet_tab ON console_sheet (workspace_id, person, tab, seq);

INSERT INTO console_sheet (workspace_id, id, person, tab, about, near, form, sent, at, seq)
    SELECT workspace_id, id, person, '', '', near, form, '', at, seq FROM console_form;

-- What a private card shows the state of; NULL for all others.
ALTER TABLE console_message ADD COLUMN topic {id};
CREATE INDEX console_message_topic ON console_message (workspace_id, private_to, topic);
