-- A review that a schedule posted without its deck, and one that somebody asked for.
INSERT INTO delivery (workspace_id, report_id, schedule_id, slot, kind, period_label, place, lane,
    channel, asked_by, at, state, note, tries, deck, deck_note, deck_tries)
    VALUES ('w', 'r1', 's1', '2026-10-05T09:00:00', 'quarterly', 'FY2026-Q3', '{}', 'slack:T1:C1',
            '#leadership', 'Ana', 1, 'posted', '', 1, 'missing', 'missing_scope', 1),
           ('w', 'r2', '', '', 'quarterly', '', '{}', 'slack:T1:D1', '', 'Ben', 2, 'started', '', 0,
            'waiting', '', 0);
