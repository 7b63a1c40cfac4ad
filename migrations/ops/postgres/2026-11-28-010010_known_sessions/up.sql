-- Sessions that stood when the registry's database last said so, with what their users may. While it
-- can't be asked, these are judged by this, and all others are over.
CREATE TABLE known_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    is_staff BOOLEAN NOT NULL
);
