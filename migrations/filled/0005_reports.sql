-- A report with its deck, a schedule that posted it, and one that was removed.
INSERT INTO report (workspace_id, id, kind, period_label, view_key, body, file_name, title,
    created_by, created_at)
    VALUES ('w', 'r1', 'quarterly', 'FY2026-Q3', '', '{}', 'q3.pptx', 'Quarterly review', 'Ana', 1);
INSERT INTO report_deck (workspace_id, report_id, bytes) VALUES ('w', 'r1', {bytes});
INSERT INTO schedule (workspace_id, id, order_body, place, owner, owner_name, state, approval,
    next_slot, next_due_at, revision, created_at)
    VALUES ('w', 's1', '{}', '{}', '{}', 'Ana', 'active', 'off', '2027-01-04T09:00:00', 9, 2, 1),
           ('w', 's2', '{}', '{}', '{}', 'Ana', 'removed', 'off', '', NULL, 1, 1);
INSERT INTO schedule_run (workspace_id, schedule_id, slot, due_at, state, note)
    VALUES ('w', 's1', '2026-10-05T09:00:00', 1, 'posted', '');
INSERT INTO posted (workspace_id, kind, view_key, channel_key, period_label)
    VALUES ('w', 'quarterly', '', 'slack:T1:C1', 'FY2026-Q3');
