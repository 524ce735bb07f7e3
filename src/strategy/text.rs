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

/// What somebody typed, as they meant it: clean, without the marks of bold, italic, code and
/// struck-through text around words; lines stay lines, and quotations stay as they are.
#[must_use]
pub fn typed(text: &str) -> String {
    text.lines().map(typed_line).collect::<Vec<_>>().join("\n")
}

fn typed_line(line: &str) -> String {
    let mut quoted = false;
    let word = |word: &str| {
        let marks = word.chars().filter(|c| matches!(c, '"' | '“' | '”' | '„' | '«' | '»')).count();
        let kept = quoted || marks > 0;
        quoted ^= marks % 2 == 1;
        if kept { word.to_owned() } else { unmarked(word) }
    };
    clean(line).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// `*word*,` is `word,`. A single `_` or `~` is part of what was meant: `~50`.
fn unmarked(word: &str) -> String {
    let (front, end) = match word.find(|c: char| !ENDS.contains(&c)) {
        Some(_) => word.split_at(word.trim_end_matches(ENDS).len()),
        None => return word.to_owned(),
    };
    let mut inner = front;
    for mark in ['_', '~'] {
        let both = inner.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        inner = both.filter(|both| !both.is_empty()).unwrap_or(inner);
    }
    let bare = inner.trim_matches(['*', '`']);
    if bare.is_empty() { word.to_owned() } else { format!("{bare}{end}") }
}

/// Marks that end a sentence or a part of it.
const ENDS: [char; 6] = ['.', ',', ':', ';', '!', '?'];

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
    fn marks_around_words_are_taken_off_and_what_was_meant_stays() {
        for (said, meant) in [
            ("*icp*", "icp"),
            ("`edit icp` narrow", "edit icp narrow"),
            ("set *company size* to 50\u{a0}%", "set company size to 50 %"),
            ("_icp_, ~old~ **bold**: ```x```", "icp, old bold: x"),
            ("add \"a *b* `c`\" to *notes*", "add \"a *b* `c`\" to notes"),
            ("a\u{200b}b\nc", "ab\nc"),
            ("~50 * 3 C++ snake_case 5*3 -> x ... *", "~50 * 3 C++ snake_case 5*3 -> x ... *"),
        ] {
            assert_eq!(typed(said), meant, "{said}");
        }
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        for text in ["Größe 50–500", "日本 & 한국", "naïve “quotes”", "€40 000"] {
            assert_eq!(clean(text), text);
        }
    }
}
