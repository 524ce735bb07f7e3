-- A channel in which the bot and a person have spoken, and what that person has seen.
INSERT INTO console_session (hash, workspace_id, person, expires_at) VALUES ('h1', 'w', 'ana', 99);
INSERT INTO console_link (hash, workspace_id, person, expires_at) VALUES ('h1', 'w', 'ana', 99);
INSERT INTO console_channel (workspace_id, id, name, created_at) VALUES ('w', 'general', 'general', 1);
INSERT INTO console_counter (workspace_id, seq) VALUES ('w', 2);
INSERT INTO console_message (workspace_id, id, channel, thread, author, private_to, words, card,
    file_report, file_name, wish, at, edited_at, born, seq)
    VALUES ('w', 'm1', 'general', '', 'ana', NULL, 'hello', NULL, NULL, NULL, NULL, 1, NULL, 1, 1),
           ('w', 'm2', 'general', 'm1', NULL, 'ana', NULL, '{}', 'r1', 'q3.pptx', 'k1', 2, 3, 2, 2);
INSERT INTO console_form (workspace_id, person, id, near, form, at, seq)
    VALUES ('w', 'ana', 'f1', '{}', '{}', 1, 2);
INSERT INTO console_mark (workspace_id, person, channel, thread, seq) VALUES ('w', 'ana', 'general', '', 1);
