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

    /// So many `10^-places`, such as cents for 2.
    #[must_use]
    pub fn of_units(units: i128, places: u32) -> Self {
        let mut number = Self { units, places };
        while number.places > 0 && number.units % 10 == 0 {
            number = Self { units: number.units / 10, places: number.places - 1 };
        }
        number
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
        self.grouped(',', "")
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

    /// A writing that reads in one way only: `40000`, and never three decimals.
    #[must_use]
    pub fn plain(self) -> String {
        let sign = if self.is_negative() { "-" } else { "" };
        match self.digits() {
            (whole, decimals) if decimals.is_empty() => format!("{sign}{whole}"),
            (whole, decimals) => format!("{sign}{whole}.{decimals}{}", self.fourth()),
        }
    }

    /// Another one, with groups, for a field that people change: `40 000`.
    #[must_use]
    pub fn spaced(self) -> String {
        self.grouped(' ', self.fourth())
    }

    /// A zero behind three decimals, so that they are not taken for thousands.
    fn fourth(self) -> &'static str {
        if self.places == 3 { "0" } else { "" }
    }

    fn grouped(self, mark: char, end: &str) -> String {
        let (whole, decimals) = self.digits();
        let mut out = String::from(if self.is_negative() { "-" } else { "" });
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(digit);
        }
        if decimals.is_empty() { out } else { format!("{out}.{decimals}{end}") }
    }

    fn digits(self) -> (String, String) {
        let places = self.places as usize;
        let mut whole = format!("{:0>width$}", self.units.unsigned_abs(), width = places + 1);
        let decimals = whole.split_off(whole.len() - places);
        (whole, decimals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writing_for_a_field_reads_back() {
        for units in [0, 5, 40_000, 1_234_567, -1_234, 1_500, 999_999_999_999] {
            for places in 0..=5 {
                let number = Decimal::of_units(units, places);
                for written in [number.plain(), number.spaced()] {
                    assert_eq!(super::super::read(&written, None), Ok(number), "{written}");
                }
            }
        }
        assert_eq!(Decimal::of_units(4_000_050, 2).spaced(), "40 000.5");
        assert_eq!(Decimal::of_units(1_234, 3).plain(), "1.2340");
    }
}
