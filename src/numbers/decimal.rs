//! An exact decimal number: whole digits and where the decimals begin.

/// Most digits that a number may have; far more than any figure of a company.
const DIGITS: usize = 20;

/// `units × 10^-places`, with no zero at the end of the decimals, so that equal numbers are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i128,
    places: u32,
}

impl Decimal {
    /// A number of digits before and behind the decimal mark; `None` when there are too many.
    pub(super) fn of_digits(whole: &str, decimals: &str) -> Option<Self> {
        let decimals = decimals.trim_end_matches('0');
        if whole.len() + decimals.len() > DIGITS {
            return None;
        }
        let units = format!("{whole}{decimals}").parse().ok()?;
        Some(Self { units, places: u32::try_from(decimals.len()).ok()? })
    }

    pub(super) fn signed(self, minus: bool) -> Self {
        Self { units: if minus { -self.units } else { self.units }, ..self }
    }

    pub(super) fn times_ten_to(self, zeros: u32) -> Option<Self> {
        let taken = zeros.min(self.places);
        let units = self.units.checked_mul(10_i128.checked_pow(zeros - taken)?)?;
        Some(Self { units, places: self.places - taken })
    }

    /// The number as a count of `10^-places`, such as cents for 2; `None` when it is finer.
    #[must_use]
    pub fn in_units(self, places: u32) -> Option<i128> {
        let zeros = places.checked_sub(self.places)?;
        self.units.checked_mul(10_i128.checked_pow(zeros)?)
    }

    /// The whole number, when it is one and not negative.
    #[must_use]
    pub fn whole(self) -> Option<u64> {
        u64::try_from(self.in_units(0)?).ok()
    }

    #[must_use]
    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    /// For people: `40,000.5`.
    #[must_use]
    pub fn shown(self) -> String {
        let (whole, decimals) = self.digits();
        let mut out = String::from(if self.is_negative() { "-" } else { "" });
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        if decimals.is_empty() { out } else { format!("{out}.{decimals}") }
    }

    /// For people, always with decimals: `40.00`.
    #[must_use]
    pub fn with_decimals(self) -> String {
        match self.places {
            0 => format!("{}.00", self.shown()),
            1 => format!("{}0", self.shown()),
            _ => self.shown(),
        }
    }

    /// A writing that reads in one way only: no groups, and never three decimals.
    #[must_use]
    pub fn plain(self) -> String {
        let (whole, decimals) = self.digits();
        let sign = if self.is_negative() { "-" } else { "" };
        match decimals.len() {
            0 => format!("{sign}{whole}"),
            3 => format!("{sign}{whole}.{decimals}0"),
            _ => format!("{sign}{whole}.{decimals}"),
        }
    }

    fn digits(self) -> (String, String) {
        let places = self.places as usize;
        let mut whole = format!("{:0>width$}", self.units.unsigned_abs(), width = places + 1);
        let decimals = whole.split_off(whole.len() - places);
        (whole, decimals)
    }
}
