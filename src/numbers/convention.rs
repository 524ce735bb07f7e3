//! Which sign stands before decimals, where a file says so or shows it.

use std::fmt;

use super::NotExact;

/// The sign before decimals; the other parts thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// What the numbers of a file agree on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Agreed {
    /// No number shows it.
    #[default]
    Nothing,
    On(Convention),
    /// Some show one, some the other.
    Both,
}

impl Convention {
    /// What a file says of itself: `.` or `point`, `,` or `comma`.
    #[must_use]
    pub fn stated(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "." | "point" | "dot" => Some(Self::Point),
            "," | "comma" => Some(Self::Comma),
            _ => None,
        }
    }

    /// What a number shows that reads in one way only, with whatever stands beside it:
    /// `1.234,56` and `1.000.000` show a decimal comma, `40000` shows nothing.
    #[must_use]
    pub fn shown_by(text: &str) -> Option<Self> {
        let one = |convention| super::quantity(text, Some(convention)).number.is_ok();
        let (point, comma) = (one(Self::Point), one(Self::Comma));
        match super::quantity(text, None).number {
            Err(NotExact::Ambiguous(_) | NotExact::NotANumber(_)) => None,
            Ok(_) if point == comma => None,
            Ok(_) if point => Some(Self::Point),
            Ok(_) => Some(Self::Comma),
        }
    }
}

impl Agreed {
    /// Takes one more number into account.
    #[must_use]
    pub fn and(self, text: &str) -> Self {
        match (self, Convention::shown_by(text)) {
            (same, None) => same,
            (Self::Nothing, Some(one)) => Self::On(one),
            (Self::On(kept), Some(one)) if kept == one => self,
            _ => Self::Both,
        }
    }

    /// The convention, when there is one.
    #[must_use]
    pub fn convention(self) -> Option<Convention> {
        match self {
            Self::On(one) => Some(one),
            Self::Nothing | Self::Both => None,
        }
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Point => "a decimal point",
            Self::Comma => "a decimal comma",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_shows_its_convention_where_it_is_not_in_doubt() {
        for (text, shown) in [
            ("1.234,56", Some(Convention::Comma)),
            ("€ 1.000.000", Some(Convention::Comma)),
            ("12,5 %", Some(Convention::Comma)),
            ("1,234.56", Some(Convention::Point)),
            ("0.500", Some(Convention::Point)),
            ("12.50", Some(Convention::Point)),
            ("40.000", None),
            ("40000", None),
            ("40 000", None),
            ("٤٠٫٥", None),
            ("1000.000", None),
            ("1.2.3", None),
        ] {
            assert_eq!(Convention::shown_by(text), shown, "{text}");
        }
        let agreed = |texts: &[&str]| texts.iter().fold(Agreed::Nothing, |so_far, t| so_far.and(t));
        assert_eq!(agreed(&["40.000", "12,50"]).convention(), Some(Convention::Comma));
        assert_eq!(agreed(&["12.50", "12,50"]), Agreed::Both);
        assert_eq!(agreed(&["40.000", "40"]), Agreed::Nothing);
        assert_eq!(Convention::stated(" Comma "), Some(Convention::Comma));
    }
}
