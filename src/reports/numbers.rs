//! How a figure is written: three significant digits, unit once, no rounding across a threshold.

use crate::partners::Currency;

use super::ledger::{Unit, Value};
use crate::strategy::money;

/// What stands where the data holds nothing.
pub const NO_DATA: &str = "no data";

/// What stands where two values cannot be compared.
const NO_CHANGE: &str = "n/a";

/// The sign of a negative figure: no line breaks after it, unlike after a hyphen.
const MINUS: &str = "−";

/// A value with its unit: `$4.12M`, `+18%`, `94.7%`, `36 h`.
pub fn show(value: &Value, unit: &Unit) -> String {
    match (value, unit) {
        (Value::Known(bp), Unit::Change | Unit::Points) => {
            let sign = if *bp > 0 { "+" } else { "" };
            format!("{sign}{}", show_unsigned(value, unit))
        }
        _ => show_unsigned(value, unit),
    }
}

/// The same without a plus sign.
pub fn show_unsigned(value: &Value, unit: &Unit) -> String {
    let n = match (value, unit) {
        (Value::Known(n), _) => n,
        // a change can be out of reach although both values are there
        (Value::Missing(_), Unit::Change | Unit::Points) => return NO_CHANGE.to_owned(),
        (Value::Missing(_), _) => return NO_DATA.to_owned(),
    };
    match unit {
        Unit::Money(currency) => money(*n, *currency),
        Unit::Count => grouped(*n),
        Unit::Share | Unit::Change => format!("{}%", grouped(rounded(*n, 100))),
        Unit::Rate => rate(*n),
        Unit::Points => format!("{} pts", grouped(rounded(*n, 100))),
        Unit::Hours => format!("{} h", grouped(*n)),
        Unit::Days if *n == 1 => "1 day".to_owned(),
        Unit::Days => format!("{} days", grouped(*n)),
    }
}

/// Money with three significant digits and K, M or B: `$58.0M`, `€412K`, `CHF 950`.
#[must_use]
pub fn money(minor: i64, currency: Currency) -> String {
    let sign = if minor < 0 { MINUS } else { "" };
    let one = 10_i128.pow(currency.exponent());
    format!("{sign}{}{}", mark(currency), short(i128::from(minor).abs(), one))
}

/// What stands before an amount: a sign that belongs to one currency, or the code and a space.
#[must_use]
pub fn mark(currency: Currency) -> String {
    match currency.code() {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        code => format!("{code} "),
    }
}

/// Whole thousands without a unit, for columns whose head names it: `4,123`.
#[must_use]
pub fn thousands(minor: i64, currency: Currency) -> String {
    grouped(rounded(minor, 1_000 * 10_i64.pow(currency.exponent())))
}

/// `n / one` with three significant digits and a letter for thousands and more.
fn short(n: i128, one: i128) -> String {
    for (size, letter) in [(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")] {
        // 999.5 and more prints as the first of the next letter
        if n * 10_000 >= size * one * 9_995 {
            return format!("{}{letter}", three_digits(n, size * one));
        }
    }
    ((n + one / 2) / one).to_string()
}

/// `n / unit` as `1.23`, `12.3` or `123`.
fn three_digits(n: i128, unit: i128) -> String {
    let decimals: u32 = match n {
        _ if n * 1_000 < unit * 9_995 => 2,
        _ if n * 100 < unit * 9_995 => 1,
        _ => return ((n + unit / 2) / unit).to_string(),
    };
    let scale = 10_i128.pow(decimals);
    let scaled = (n * scale + unit / 2) / unit;
    format!("{}.{:0width$}", scaled / scale, scaled % scale, width = decimals as usize)
}

/// An integer with its point moved `places` to the left, rounded to `digits` behind it: the text
/// of a number in a file or a description. `412_345_600` with 8 places and 2 digits is `4.12`.
#[must_use]
pub fn decimal(n: i64, places: u32, digits: u32) -> String {
    let cut = 10_i128.pow(places.saturating_sub(digits));
    let scaled = (i128::from(n).abs() + cut / 2) / cut;
    let shown = places.min(digits);
    let scale = 10_i128.pow(shown);
    let sign = if n < 0 && scaled > 0 { "-" } else { "" };
    if shown == 0 {
        return format!("{sign}{scaled}");
    }
    let text = format!("{}.{:0width$}", scaled / scale, scaled % scale, width = shown as usize);
    format!("{sign}{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Basis points as a percentage with one decimal, cut rather than rounded; whole ones without.
fn rate(bp: i64) -> String {
    if bp % 100 == 0 {
        return format!("{}%", grouped(bp / 100));
    }
    format!("{}{}.{}%", if bp < 0 { MINUS } else { "" }, bp.abs() / 100, bp.abs() % 100 / 10)
}

/// `n / by`, halves away from zero.
fn rounded(n: i64, by: i64) -> i64 {
    (n.saturating_abs().saturating_add(by / 2) / by) * n.signum()
}

/// Digits in groups of three: `4,000`, `−4,000`.
#[must_use]
pub fn grouped(n: i64) -> String {
    let sign = if n < 0 { MINUS } else { "" };
    format!("{sign}{}", money::grouped(u128::from(n.unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_three_significant_digits() {
        let shown: Vec<String> = [
            0,
            49,
            95_000,
            99_949,
            100_000,
            123_456,
            9_994_999,
            9_995_000,
            99_950_000,
            100_000_000,
            412_345_678,
            5_800_000_000,
            99_999_999_999,
            123_400_000_000,
        ]
        .into_iter()
        .map(|minor| money(minor, Currency::USD))
        .collect();
        let expected = [
            "$0", "$0", "$950", "$999", "$1.00K", "$1.23K", "$99.9K", "$100K", "$1.00M", "$1.00M",
            "$4.12M", "$58.0M", "$1.00B", "$1.23B",
        ];
        assert_eq!(shown, expected);
        let other = |code| Currency::from_code(code).unwrap();
        assert_eq!(money(-412_345_678, other("EUR")), "−€4.12M");
        assert_eq!(money(950, other("JPY")), "¥950");
        assert_eq!(money(120_000_000, other("CHF")), "CHF 1.20M");
        assert_eq!(thousands(412_345_678, Currency::USD), "4,123");
    }

    #[test]
    fn decimals_move_the_point_exactly() {
        assert_eq!(decimal(412_345_600, 8, 8), "4.123456");
        assert_eq!(decimal(412_345_600, 8, 2), "4.12");
        assert_eq!(decimal(-50, 2, 2), "-0.5");
        assert_eq!(decimal(7, 0, 1), "7");
        assert_eq!(decimal(9_470, 2, 1), "94.7");
        assert_eq!(decimal(i64::MIN, 0, 0), "-9223372036854775808");
    }

    #[test]
    fn a_rate_just_under_its_threshold_never_reads_as_met() {
        assert_eq!(show(&Value::Known(9_499), &Unit::Rate), "94.9%");
        assert_eq!(show(&Value::Known(9_500), &Unit::Rate), "95%");
        assert_eq!(show(&Value::Known(10_000), &Unit::Rate), "100%");
    }

    #[test]
    fn changes_carry_their_sign_and_counts_their_commas() {
        assert_eq!(show(&Value::Known(1_850), &Unit::Change), "+19%");
        assert_eq!(show(&Value::Known(-350), &Unit::Points), "−4 pts");
        assert_eq!(show(&Value::Known(0), &Unit::Change), "0%");
        assert_eq!(show(&Value::Known(1_234_567), &Unit::Count), "1,234,567");
        assert_eq!(show(&Value::Known(-1_000), &Unit::Count), "−1,000");
    }
}
