//! What we know about partnerships: typed sections and exact arithmetic. Never waits.
//!
//! A section is a typed [`document::Document`] at an [`address::SectionAddress`]. It is described
//! as data ([`field::SectionSpec`]), changed only by [`operation::Operation`]s through
//! [`apply::apply`], and computed on by [`opportunity`] and [`confidence`].
//!
//! A further section is one more file that declares its fields (`record`), and one line in
//! the list of `sections`.

pub mod address;
pub mod apply;
pub mod bounds;
pub mod confidence;
pub mod count;
pub mod difference;
pub mod document;
pub mod drafted;
pub mod enter;
pub mod field;
pub mod field_value;
pub mod icp;
pub mod ipp;
pub mod list;
pub mod money;
pub mod onboarding;
pub mod operation;
pub mod opportunity;
mod record;
mod sections;
pub mod share;
pub mod tam;
pub mod text;
