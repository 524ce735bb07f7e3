//! Facts for tests of this room.
