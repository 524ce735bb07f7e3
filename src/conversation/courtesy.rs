//! What people put around a command and do not mean as a part of it: names, quotation marks,
//! courtesy.

/// Words that carry nothing in front of a command; the longest first where one begins like another.
const FRONT: &[&str] = &[
    "could you please",
    "can you please",
    "would you please",
    "could you",
    "can you",
    "would you",
    "will you",
    "i would like to",
    "i'd like to",
    "i want to",
    "we want to",
    "let's",
    "let us",
    "please",
    "pls",
    "hello",
    "hey",
    "hi",
    "ok",
    "okay",
    "now",
    "show me",
    "show us",
    "show",
    "display",
    "view",
    "see",
    "open",
    "list",
    "give me",
    "go to",
    "what is",
    "what's",
    "the",
    "our",
    "my",
];

/// The same behind one.
const BEHIND: &[&str] = &[
    "please",
    "pls",
    "thanks a lot",
    "many thanks",
    "thanks",
    "thank you very much",
    "thank you",
    "thx",
    "cheers",
    "again",
    "for me",
    "for us",
];

const NAMES: &[&str] = &["@attaché", "@attache", "attaché", "attache", "/strategy"];

const MARKS: [char; 10] = [':', ',', '.', ';', '!', '?', '-', '–', '—', '•'];
const QUOTES: [char; 11] = ['"', '\'', '“', '”', '„', '‘', '’', '‚', '«', '»', '`'];

/// The words without whom they are said to: `@Attaché:`, `/strategy`, as often as it was typed.
pub(super) fn addressed(said: &str) -> &str {
    let mut rest = said.trim_start_matches(is_mark);
    while let Some(more) = NAMES.iter().find_map(|name| without_front(rest, name)) {
        rest = more;
    }
    rest.trim()
}

/// Without quotation marks around the whole and around its first words, which are the command's.
pub(super) fn unquoted(said: &str) -> String {
    let whole = said.trim_end_matches(is_mark);
    let inside = whole.strip_prefix(QUOTES).and_then(|rest| rest.strip_suffix(QUOTES));
    let said = inside.filter(|inside| !inside.contains(QUOTES)).unwrap_or(said);
    let words: Vec<&str> = said.split(' ').collect();
    // Only marks that close among them: those of a request stay in pairs.
    let closed =
        |many: &usize| words[..*many].iter().map(|word| edges(word)).sum::<usize>() % 2 == 0;
    let command = (0..=words.len().min(COMMAND)).rev().find(closed).unwrap_or(0);
    let front = words[..command].iter().map(|word| {
        let inner = word.trim_end_matches(MARKS);
        format!("{}{}", inner.trim_matches(QUOTES), &word[inner.len()..])
    });
    let rest = words[command..].iter().map(|word| (*word).to_owned());
    front.chain(rest).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Quotation marks at the ends of a word.
fn edges(word: &str) -> usize {
    let word = word.trim_end_matches(MARKS);
    let inner = word.trim_start_matches(QUOTES);
    let front = word[..word.len() - inner.len()].chars().count();
    front + inner.chars().rev().take_while(|c| QUOTES.contains(c)).count()
}

/// Words of a command in front of what it takes.
const COMMAND: usize = 4;

/// Without courtesy in front and behind.
pub(super) fn plain(said: &str) -> &str {
    let mut rest = addressed(said);
    while let Some(more) = FRONT.iter().find_map(|words| without_front(rest, words)) {
        rest = addressed(more);
    }
    rest = rest.trim_end_matches(is_mark);
    while let Some(more) = BEHIND.iter().find_map(|words| without_end(rest, words)) {
        rest = more.trim_end_matches(is_mark);
    }
    rest
}

/// `the icp` is `icp`.
pub(super) fn without_article(said: &str) -> &str {
    ["the", "our", "my"].iter().find_map(|word| without_front(said, word)).unwrap_or(said)
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || MARKS.contains(&c)
}

fn without_front<'a>(said: &'a str, words: &str) -> Option<&'a str> {
    let end = same(said.chars(), words.chars())?;
    let rest = &said[said.char_indices().nth(end).map_or(said.len(), |(at, _)| at)..];
    (rest.is_empty() || rest.starts_with(is_mark)).then(|| rest.trim_start_matches(is_mark))
}

fn without_end<'a>(said: &'a str, words: &str) -> Option<&'a str> {
    let taken = same(said.chars().rev(), words.chars().rev())?;
    let at = said.char_indices().rev().nth(taken.checked_sub(1)?).map_or(0, |(at, _)| at);
    said[..at].ends_with(is_mark).then_some(&said[..at])
}

/// How many characters the words take at this end, in any case; typed apostrophes may be curly.
fn same(
    mut said: impl Iterator<Item = char>,
    mut words: impl Iterator<Item = char>,
) -> Option<usize> {
    let alike = |typed: char, word: char| {
        typed == word || typed.to_lowercase().eq([word]) || typed == '’' && word == '\''
    };
    let mut taken = 0;
    for word in words.by_ref() {
        said.next().filter(|typed| alike(*typed, word))?;
        taken += 1;
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_taken_off() {
        assert_eq!(plain("showing icp"), "showing icp");
        assert_eq!(plain("please"), "");
        assert_eq!(plain("the theory of thanks"), "theory of");
        assert_eq!(addressed("attachés icp"), "attachés icp");
        assert_eq!(unquoted("edit icp add \"Oil & gas\""), "edit icp add \"Oil & gas\"");
        assert_eq!(unquoted("„edit“ icp"), "edit icp");
    }

    #[test]
    fn any_words_are_read_without_a_panic() {
        proptest::proptest!(|(said in "(\\PC|please|İ|ß|the| ){0,12}")| {
            let _ = (addressed(&said), unquoted(&said), plain(&said));
        });
    }
}
