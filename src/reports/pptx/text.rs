//! The only text that reaches a file: free of what XML forbids, escaped where it is written.

use std::fmt;

/// Text without control characters and line breaks. Templates escape it when they print it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(String);

impl Text {
    /// Drops what XML 1.0 forbids (the office answers it with a repair prompt), turns breaks and
    /// tabs into spaces, and drops marks that turn the direction of what follows.
    pub(super) fn new(text: &str) -> Self {
        let kept = text.chars().filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if c.is_control() => None,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => None,
            c => Some(c),
        });
        Self(kept.collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// At most `limit` characters, the last of them an ellipsis where something was cut.
    pub(super) fn cut(&self, limit: usize) -> Self {
        if self.0.chars().count() <= limit {
            return self.clone();
        }
        let kept: String = self.0.chars().take(limit.saturating_sub(1)).collect();
        Self(format!("{}…", kept.trim_end()))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_xml_forbids_is_dropped_and_breaks_become_spaces() {
        assert_eq!(Text::new("a\0b\u{b}c\u{1f}d\u{fffe}e").as_str(), "abcde");
        assert_eq!(Text::new("one\ntwo\tthree").as_str(), "one two three");
        assert_eq!(Text::new("safe\u{202e}evil").as_str(), "safeevil");
        assert_eq!(Text::new("كتاب 日本 🎉").as_str(), "كتاب 日本 🎉");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(Text::new("abcdef").cut(4).as_str(), "abc…");
        assert_eq!(Text::new("abcd").cut(4).as_str(), "abcd");
    }

    proptest! {
        #[test]
        fn no_control_character_survives(text in any::<String>()) {
            prop_assert!(!Text::new(&text).as_str().chars().any(char::is_control));
        }
    }
}
