-- The web console: who is signed in, what is said in its channels, and what each person has seen.

-- Sessions and sign-in links by the hash of their secret, which leads to the person.
CREATE TABLE console_session (
    hash {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    person {id} NOT NULL,
    expires_at {int} NOT NULL
) {strict};

CREATE TABLE console_link (
    hash {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    person {id} NOT NULL,
    expires_at {int} NOT NULL
) {strict};

CREATE TABLE console_channel (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    name TEXT NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {strict};

-- Gives every write its number. Held until the commit, so numbers appear in their order.
CREATE TABLE console_counter (
    workspace_id {id} NOT NULL PRIMARY KEY REFERENCES workspace (id),
    seq {int} NOT NULL
) {strict};

CREATE TABLE console_message (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    -- A channel, or dm- and a person: that has no row of its own.
    channel {id} NOT NULL,
    -- The root message; '' outside of threads.
    thread {id} NOT NULL,
    -- NULL for the bot.
    author {id},
    -- NULL when everybody in the channel may see it.
    private_to {id},
    words TEXT,
    -- JSON.
    card TEXT,
    file_report {id},
    file_name TEXT,
    -- A wish that is written once has a key.
    wish {id},
    at {int} NOT NULL,
    edited_at {int},
    -- The number of its first and of its latest write.
    born {int} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK ((words IS NULL) <> (card IS NULL)),
    CHECK ((file_report IS NULL) = (file_name IS NULL))
) {strict};
CREATE UNIQUE INDEX console_message_wish ON console_message (workspace_id, wish);
CREATE INDEX console_message_born ON console_message (workspace_id, channel, thread, born);
CREATE INDEX console_message_seq ON console_message (workspace_id, channel, thread, seq);
CREATE INDEX console_message_file ON console_message (workspace_id, file_report);

-- The one form that a person has open.
CREATE TABLE console_form (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    person {id} NOT NULL,
    id {id} NOT NULL,
    near TEXT NOT NULL,
    form TEXT NOT NULL,
    at {int} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (workspace_id, person)
) {strict};

-- Up to which number a person has seen a channel or a thread.
CREATE TABLE console_mark (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    person {id} NOT NULL,
    channel {id} NOT NULL,
    thread {id} NOT NULL,
    seq {int} NOT NULL,
    PRIMARY KEY (workspace_id, person, channel, thread)
) {strict};
