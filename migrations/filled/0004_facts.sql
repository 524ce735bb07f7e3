-- A partner with a deal and an activity, a direct deal, and the import that brought them.
INSERT INTO partner (workspace_id, external_id, body, updated_at) VALUES ('w', 'P-1', '{}', 1);
INSERT INTO deal (workspace_id, external_id, partner_external_id, body, updated_at)
    VALUES ('w', 'D-1', 'P-1', '{}', 1), ('w', 'D-2', '', '{}', 1);
INSERT INTO activity (workspace_id, external_id, partner_external_id, body, updated_at)
    VALUES ('w', 'A-1', 'P-1', '{}', 1);
INSERT INTO import_log (workspace_id, seq, kind, at, by_name, source, added, changed, unchanged, refused)
    VALUES ('w', 1, 'deals', 1, 'Ana', 'deals.csv', 2, 0, 0, 0);
