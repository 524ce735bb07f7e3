//! The characters of a cell: those that show nothing, those that hide something, and what is shown of it.

/// A wrong cell, safe and short enough to be shown.
pub(super) fn shown(text: &str) -> String {
    let mut visible = text.chars().filter(|c| !hides(*c) && !shows_nothing(*c));
    let mut short: String = visible.by_ref().take(40).collect();
    if visible.next().is_some() {
        short.push('…');
    }
    short
}

/// Text with single spaces and without characters that show nothing, and whether such were there.
/// Characters that could hide or reorder what a reader sees are an error.
pub(super) fn clean(raw: &str) -> Result<(String, bool), char> {
    let mut text = String::with_capacity(raw.len());
    let mut changed = false;
    for c in raw.chars() {
        match c {
            c if c.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c if hides(c) => return Err(c),
            c if shows_nothing(c) => changed = true,
            c => text.push(c),
        }
    }
    text.truncate(text.trim_end().len());
    Ok((text, changed))
}

/// Control, reordering and tag characters.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}')
}

fn shows_nothing(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}
