//! What a stored text may hold: no invisible characters, no control characters, bounded length.

/// Characters in one text field or list item.
pub const TEXT_LIMIT: usize = 2_000;

/// Removes what a reader cannot see (control, zero-width, direction and tag characters) and
/// brings runs of white space to one space.
#[must_use]
pub fn clean(text: &str) -> String {
    let seen: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !hidden(*c))
        .collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether [`clean`] would leave the text as it is.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    clean(text) == text
}

const QUOTES: [char; 6] = ['"', '\'', '“', '”', '‘', '’'];

/// Lower case, one space, no quotes around it: how items are compared.
#[must_use]
pub fn folded(text: &str) -> String {
    clean(text).to_lowercase().trim_matches(QUOTES).to_owned()
}

/// Whether a clean text folds to this, told at the first character that does not.
#[must_use]
pub fn folds_to(clean: &str, folded: &str) -> bool {
    clean.trim_matches(QUOTES).chars().flat_map(char::to_lowercase).eq(folded.chars())
}

/// Control, zero-width, bidirectional, tag, variation and other invisible characters.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_leave_the_text() {
        let text = "a\u{200b}b\u{202e}c\u{e0041}d\u{7}e\u{feff} \t\n f";
        assert_eq!(clean(text), "abcde f");
        assert!(is_clean(&clean(text)));
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        for text in ["Größe 50–500", "日本 & 한국", "naïve “quotes”", "€40 000"] {
            assert_eq!(clean(text), text);
        }
    }
}
