//! The product from outside: its public rooms together, against stand-ins of its peers.

mod bot;
