-- A large import is written in slices that nobody sees, shown by one word, and then moved in slices
-- to where it stays: no transaction is long, and readers see all of it or nothing.

CREATE TABLE staged_import (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    kind {id} NOT NULL CHECK (kind IN ('partners', 'deals', 'activities')),
    -- Rows of one that is shown count instead of those they replace.
    state {id} NOT NULL CHECK (state IN ('writing', 'shown')),
    at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {strict};

CREATE TABLE staged_fact (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    import_id {id} NOT NULL,
    external_id {id} NOT NULL,
    -- '' for a partner and for a direct deal.
    partner_external_id {id} NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace_id, import_id, external_id)
) {strict};

CREATE VIEW partner_now AS
    SELECT p.workspace_id AS workspace_id, p.external_id AS external_id, p.body AS body
    FROM partner p
    WHERE NOT EXISTS (
        SELECT 1 FROM staged_import i CROSS JOIN staged_fact f
        WHERE i.workspace_id = p.workspace_id AND i.kind = 'partners' AND i.state = 'shown'
        AND f.workspace_id = i.workspace_id AND f.import_id = i.id AND f.external_id = p.external_id)
    UNION ALL
    SELECT f.workspace_id, f.external_id, f.body
    FROM staged_import i CROSS JOIN staged_fact f
    WHERE i.kind = 'partners' AND i.state = 'shown'
    AND f.workspace_id = i.workspace_id AND f.import_id = i.id;

CREATE VIEW deal_now AS
    SELECT d.workspace_id AS workspace_id, d.external_id AS external_id, d.body AS body
    FROM deal d
    WHERE NOT EXISTS (
        SELECT 1 FROM staged_import i CROSS JOIN staged_fact f
        WHERE i.workspace_id = d.workspace_id AND i.kind = 'deals' AND i.state = 'shown'
        AND f.workspace_id = i.workspace_id AND f.import_id = i.id AND f.external_id = d.external_id)
    UNION ALL
    SELECT f.workspace_id, f.external_id, f.body
    FROM staged_import i CROSS JOIN staged_fact f
    WHERE i.kind = 'deals' AND i.state = 'shown'
    AND f.workspace_id = i.workspace_id AND f.import_id = i.id;

CREATE VIEW activity_now AS
    SELECT a.workspace_id AS workspace_id, a.external_id AS external_id, a.body AS body
    FROM activity a
    WHERE NOT EXISTS (
        SELECT 1 FROM staged_import i CROSS JOIN staged_fact f
        WHERE i.workspace_id = a.workspace_id AND i.kind = 'activities' AND i.state = 'shown'
        AND f.workspace_id = i.workspace_id AND f.import_id = i.id AND f.external_id = a.external_id)
    UNION ALL
    SELECT f.workspace_id, f.external_id, f.body
    FROM staged_import i CROSS JOIN staged_fact f
    WHERE i.kind = 'activities' AND i.state = 'shown'
    AND f.workspace_id = i.workspace_id AND f.import_id = i.id;
