//! Slack's limits, and how text is made to fit them. Lengths count UTF-16 units, as Slack's own
//! clients do: never less than characters.

use std::borrow::Cow;

/// Blocks in one message; a form may have twice as many.
pub const BLOCKS: usize = 50;
pub const FORM_BLOCKS: usize = 100;
pub const HEADER: usize = 150;
/// Any one text.
pub const TEXT: usize = 3_000;
pub const CONTEXT_ELEMENTS: usize = 10;
pub const CONTEXT_TEXT: usize = 2_000;
pub const ACTIONS: usize = 25;
pub const BUTTON_LABEL: usize = 75;
pub const BUTTON_VALUE: usize = 2_000;
pub const CONFIRM_TITLE: usize = 100;
pub const CONFIRM_TEXT: usize = 300;
pub const CONFIRM_BUTTON: usize = 30;
/// With its header row.
pub const TABLE_ROWS: usize = 100;
pub const TABLE_COLUMNS: usize = 20;
/// Over all cells of a table.
pub const TABLE_TEXT: usize = 10_000;
/// Over everything a message shows; more is refused as `msg_blocks_too_long`.
pub const MESSAGE_TEXT: usize = 13_000;
/// Tried one after the other where Slack finds a message too long all the same.
pub const ROOMS: [usize; 3] = [MESSAGE_TEXT, 4_000, 1_200];
/// The top-level `text`, before escapes, which make five of one at worst: `chat.update` takes 4,000.
pub const FALLBACK: usize = 750;
pub const FORM_TITLE: usize = 24;
pub const FORM_TOKEN: usize = 3_000;
pub const LABEL: usize = 2_000;
pub const INPUT: usize = 3_000;
pub const BLOCK_ID: usize = 255;
pub const OPTION: usize = 75;
/// Options in a select, or in one group of it; and groups.
pub const OPTIONS: usize = 100;

/// How long `text` is for Slack.
#[must_use]
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// At most `limit` long, ending in `…` when something was cut.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit || length(text) <= limit {
        return Cow::Borrowed(text);
    }
    let kept = text[..fitting(text, limit.saturating_sub(1))].trim_end();
    Cow::Owned(format!("{kept}…"))
}

/// Pieces of at most `limit`, cut behind white space where there is some in the last quarter.
#[must_use]
pub fn pieces(text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while length(rest) > limit {
        let most = fitting(rest, limit);
        let space = rest[..most].rfind(char::is_whitespace);
        let space = space.map(|at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
        let at = space.filter(|at| *at > most - most / 4).unwrap_or(most);
        pieces.push(&rest[..at]);
        rest = &rest[at..];
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// How many bytes of `text` are at most `limit` long; one character where nothing fits.
#[must_use]
pub fn fitting(text: &str, limit: usize) -> usize {
    let mut long = 0;
    for (at, sign) in text.char_indices() {
        long += sign.len_utf16();
        if long > limit && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_what_does_not_ends_in_an_ellipsis() {
        assert_eq!(shortened("twelve chars", 12), "twelve chars");
        assert_eq!(shortened("thirteen char", 12), "thirteen ch…");
        assert_eq!(shortened("words and more", 7), "words…");
        // A sign beyond the first plane counts twice.
        assert_eq!(shortened("🦀🦀🦀", 6), "🦀🦀🦀");
        assert_eq!(shortened("🦀🦀🦀", 5), "🦀🦀…");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_its_limit(text in "\\PC{0,200}", limit in 3..80_usize) {
            prop_assert!(length(&shortened(&text, limit)) <= limit);
            let parts = pieces(&text, limit);
            prop_assert!(parts.iter().all(|part| length(part) <= limit && !part.is_empty()));
            prop_assert_eq!(parts.concat(), text);
        }
    }
}
