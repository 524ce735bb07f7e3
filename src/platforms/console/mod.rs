//! The web console: a chat platform of our own, in a browser.

pub mod port;
