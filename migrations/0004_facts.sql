-- What files and imports told about partners, deals and activities.

-- Each fact is one JSON body; what is searched by has a column. Rows of the three may come in any
-- order, so a deal may name a partner that is not here yet.
CREATE TABLE partner (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    external_id {id} NOT NULL,
    body TEXT NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, external_id)
) {strict};

CREATE TABLE deal (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    external_id {id} NOT NULL,
    -- '' for a direct deal.
    partner_external_id {id} NOT NULL,
    body TEXT NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, external_id)
) {strict};
CREATE INDEX deal_partner ON deal (workspace_id, partner_external_id);

CREATE TABLE activity (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    external_id {id} NOT NULL,
    partner_external_id {id} NOT NULL,
    body TEXT NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, external_id)
) {strict};
CREATE INDEX activity_partner ON activity (workspace_id, partner_external_id);

-- What each import brought.
CREATE TABLE import_log (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    seq {int} NOT NULL CHECK (seq > 0),
    kind {id} NOT NULL CHECK (kind IN ('partners', 'deals', 'activities')),
    at {int} NOT NULL,
    by_name TEXT NOT NULL,
    -- A file's name, or the door it came by.
    source TEXT NOT NULL,
    added {int} NOT NULL,
    changed {int} NOT NULL,
    unchanged {int} NOT NULL,
    refused {int} NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) {strict};
CREATE INDEX import_log_kind ON import_log (workspace_id, kind, seq);
