//! What we know about partnerships: typed sections and exact arithmetic. Never waits.
//!
//! A section is a typed [`document::Document`] at an [`address::SectionAddress`]. It is described
//! as data ([`field::SectionSpec`]), changed only by [`operation::Operation`]s through
//! [`apply::apply`], and computed on by [`opportunity`] and [`confidence`].
//!
//! A further section is one more file with its type and its spec, one variant of each of those
//! two enums, and one arm in each of their matches.

pub mod address;
pub mod apply;
pub mod confidence;
pub mod difference;
pub mod document;
pub mod drafted;
pub mod enter;
pub mod field;
pub mod icp;
pub mod ipp;
pub mod list;
pub mod money;
mod notes;
pub mod onboarding;
pub mod operation;
pub mod opportunity;
pub mod share;
pub mod slot;
pub mod tam;
pub mod text;
