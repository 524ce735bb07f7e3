//! What is said, in our own words: no platform is named beyond its label. Never waits.
