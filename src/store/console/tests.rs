//! The console as several people see it, on both databases.
