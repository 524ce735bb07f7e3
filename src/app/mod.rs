//! Puts the rooms together; starts and stops them.
