-- A form that waits in one tab, and a private card that shows the state of something.
INSERT INTO console_sheet (workspace_id, id, person, tab, about, near, form, sent, at, seq)
    VALUES ('w', 'f2', 'ana', 't1', 'a1', '{}', '{}', '', 1, 3);
UPDATE console_message SET topic = 'home' WHERE workspace_id = 'w' AND id = 'm2';
