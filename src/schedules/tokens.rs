//! Typed words, one by one: what stands between quotes is one of them.

/// A word, or what stood between quotes.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) quoted: bool,
}

impl Token {
    /// One of these words, typed without quotes, in any case.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        !self.quoted && words.iter().any(|word| self.text.eq_ignore_ascii_case(word))
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '"' | '“' | '”' | '„' => Some(['"', '“', '”']),
            '`' => Some(['`'; 3]),
            '\'' | '‘' => Some(['\'', '’', '‘']),
            _ => None,
        };
        let body = if closing.is_some() { &rest[first.len_utf8()..] } else { rest };
        let end = match closing {
            Some(marks) => body.find(marks),
            None => body.find(char::is_whitespace),
        }
        .unwrap_or(body.len());
        let word = body[..end].trim();
        if !word.is_empty() {
            found.push(Token { text: word.to_owned(), quoted: closing.is_some() });
        }
        let after = &body[end..];
        let skip =
            if closing.is_some() { after.chars().next().map_or(0, char::len_utf8) } else { 0 };
        rest = after[skip..].trim_start();
    }
    found
}

/// Takes a keyword and the token behind it out of the words.
pub(super) fn take_after(
    words: &mut Vec<Token>,
    keywords: &[&str],
    fits: impl Fn(&Token) -> bool,
) -> Option<String> {
    let at = words.windows(2).position(|pair| pair[0].is(keywords) && fits(&pair[1]))?;
    words.remove(at);
    Some(words.remove(at).text)
}
