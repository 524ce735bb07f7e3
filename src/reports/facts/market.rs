//! Who fits and how large the opportunity is: ICP confidence and partner TAM, as the strategy says.

use crate::strategy::icp::Icp;
use crate::strategy::tam::Tam;

use super::book::Book;
use super::scope::Scope;

/// The strategy sections that a review reads, each with its revision. A section that was never
/// written is `None`; the review then says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strategy<'a> {
    pub icp: Option<Revised<'a, Icp>>,
    pub tam: Option<Revised<'a, Tam>>,
}

/// A section as it stood when the report was built.
#[derive(Clone, Copy, Debug)]
pub struct Revised<'a, T> {
    pub document: &'a T,
    pub revision: u64,
}

pub(super) fn gather(scope: &Scope<'_>, strategy: &Strategy<'_>, book: &mut Book) {
    let _ = (scope, strategy, book);
}
