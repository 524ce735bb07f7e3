//! Signs of other keyboards as the plain ones that they stand for.

/// Zeros of the scripts whose digits are read; the other nine follow each.
const ZEROS: &[char] = &[
    '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}', '\u{c66}',
    '\u{e50}', '\u{ed0}', '\u{1040}', '\u{17e0}', '\u{ff10}',
];

/// A decimal digit of any script that is read, as a plain one, and the zero of its script.
pub(super) fn digit(c: char) -> Option<(char, char)> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10)?;
        Some((char::from_digit(value, 10)?, *zero))
    })
}

/// The mark of Arabic script before decimals, which means nothing else.
pub(super) const ARABIC_DECIMAL: char = '٫';

/// Text with plain digits, spaces, apostrophes, minus and fullwidth signs made plain.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// One character made plain.
pub(super) fn fold(c: char) -> char {
    if let Some((plain, _)) = digit(c) {
        return plain;
    }
    match c {
        // Fullwidth letters and signs.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if is_blank(c) => ' ',
        '’' | '‘' | 'ʼ' | '٬' => '\'',
        '−' | '﹣' => '-',
        '٪' => '%',
        '￥' => '¥',
        '￡' => '£',
        '￦' => '₩',
        other => other,
    }
}

/// A space of any width on one line.
pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
