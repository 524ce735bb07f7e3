//! Where a report shall be posted, as it was typed: a channel by its mention or its name, or here.
//!
//! Which channel that is only its platform knows. What is no channel is refused here.

use super::phrase::is_cadence_word;
use super::tokens::Token;
use super::zone::Zone;

/// What was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Where it was asked.
    Here,
    /// A mention, as a platform's gate writes it: `<#C012AB|leadership>`.
    Id { id: String, name: Option<String> },
    /// `#leadership`, without the `#`.
    Name(String),
}

const BEFORE: &[&str] = &["in", "into", "to"];
const ARTICLES: &[&str] = &["the", "our"];
/// Longer names there are on no platform.
const LONGEST: usize = 80;

impl Target {
    /// The channel as people call it; none where it is the one that it was asked in.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Here => None,
            Self::Id { id, name } => Some(format!("#{}", name.as_ref().unwrap_or(id))),
            Self::Name(name) => Some(format!("#{name}")),
        }
    }

    /// Takes the words that name it out of an order.
    pub(super) fn take(words: &mut Vec<Token>) -> Result<Self, String> {
        if words.iter().filter(|word| is_channel(word)).count() > 1 {
            return Err("a schedule posts in one channel: name one".to_owned());
        }
        let quoted = |pair: &[Token]| pair[0].is(BEFORE) && pair[1].quoted;
        if let Some(at) = words.iter().position(is_channel) {
            return channel(&taken(words, at));
        }
        if let Some(at) = words.windows(2).position(quoted) {
            return channel(&taken(words, at + 1));
        }
        if let Some(at) = words.iter().position(is_person) {
            return person(&taken(words, at));
        }
        if let Some(at) = words.iter().position(is_here) {
            taken(words, at);
            return Ok(Self::Here);
        }
        let bare =
            (1..words.len()).find(|at| words[at - 1].is(BEFORE) && may_be_channel(&words[*at..]));
        bare.map_or(Ok(Self::Here), |at| bare_word(words, at))
    }
}

fn is_channel(word: &Token) -> bool {
    let bare = bare(&word.text);
    (!word.quoted && bare.starts_with('#')) || bare.starts_with("<#")
}

/// A mention of a person or of everybody. A sign alone, or before digits, belongs to the time.
fn is_person(word: &Token) -> bool {
    let bare = bare(&word.text);
    let named = bare.strip_prefix('@').is_some_and(|name| name.starts_with(char::is_alphabetic));
    !word.quoted && (named || bare.starts_with("<@") || bare.starts_with("<!"))
}

fn is_here(word: &Token) -> bool {
    !word.quoted && bare(&word.text).eq_ignore_ascii_case("here")
}

/// A word that is part of no cadence, no time and no zone, whatever article it has.
fn may_be_channel(words: &[Token]) -> bool {
    let Some(word) = words.iter().find(|word| !word.is(ARTICLES)) else { return false };
    let digit = word.text.starts_with(|c: char| c.is_ascii_digit());
    !word.text.contains(['/', ':']) && !digit && !is_cadence_word(&word.text)
}

/// The word at this place, with what stands before it, such as `in the`.
fn taken(words: &mut Vec<Token>, at: usize) -> String {
    let word = words.remove(at).text;
    let noun = |next: &Token| !next.quoted && bare(&next.text).eq_ignore_ascii_case("channel");
    if words.get(at).is_some_and(noun) {
        words.remove(at);
    }
    let mut before = at;
    while before > 0 && words[before - 1].is(ARTICLES) {
        before -= 1;
    }
    if before > 0 && words[before - 1].is(BEFORE) {
        words.drain(before - 1..at);
    }
    word
}

/// Without the signs that people and their programs put around a word.
fn bare(word: &str) -> &str {
    let around = |c: char| {
        matches!(c, '(' | ')' | '[' | ']' | ',' | '.' | ';' | ':' | '!' | '?' | '…')
            || matches!(c, '*' | '~' | '`' | '"' | '\'' | '“' | '”' | '„' | '‘' | '’')
    };
    let word = word.trim_matches(around);
    match word.strip_prefix('_') {
        Some(inner) => inner.trim_end_matches('_').trim_matches(around),
        None => word,
    }
}

fn channel(word: &str) -> Result<Target, String> {
    const UNNAMED: &str = "no channel is named: write it as #leadership";
    let word = bare(word);
    if let Some(mention) = word.strip_prefix("<#") {
        let inner = mention.split('>').next().unwrap_or_default();
        let (id, name) = inner.split_once('|').unwrap_or((inner, ""));
        let name = (!name.is_empty()).then(|| name.to_owned());
        return if id.is_empty() {
            Err(UNNAMED.to_owned())
        } else {
            Ok(Target::Id { id: id.to_owned(), name })
        };
    }
    named(word).ok_or_else(|| UNNAMED.to_owned())
}

fn named(word: &str) -> Option<Target> {
    let name: String = word.trim_start_matches('#').chars().take(LONGEST).collect();
    (!name.is_empty()).then(|| Target::Name(name.to_lowercase()))
}

fn person(word: &str) -> Result<Target, String> {
    let inner = bare(word).trim_start_matches(['<', '@', '!']).trim_end_matches('>');
    let name = inner.split_once('|').map_or(inner, |(_, name)| name);
    match inner.split('|').next().unwrap_or_default() {
        "here" => Ok(Target::Here),
        everybody @ ("channel" | "everyone" | "group") => Err(format!(
            "@{everybody} calls people and is no channel: name one, as #leadership, or say here"
        )),
        _ => {
            let id = bare(word).starts_with('<') && !inner.contains('|');
            let who = if id { "that".to_owned() } else { format!("@{name}") };
            Err(format!(
                "{who} is a person, and reports are posted in channels: name one, as #leadership. \
                 In your direct chat with me, leave the channel out"
            ))
        }
    }
}

/// A word behind `in` without a sign says by itself neither that it is a channel nor that it is none.
fn bare_word(words: &mut Vec<Token>, at: usize) -> Result<Target, String> {
    let at = if words[at].is(ARTICLES) && at + 1 < words.len() { at + 1 } else { at };
    let this = words[at].is(&["this"]);
    let two = words.get(at + 1).map(|next| format!("{} {}", words[at].text, next.text));
    let word = taken(words, at);
    if this {
        return Ok(Target::Here);
    }
    let word = bare(&word);
    let zone = [Some(word.to_owned()), two]
        .into_iter()
        .flatten()
        .find_map(|city| Zone::read(&city).ok().map(|zone| (city, zone)));
    match zone {
        Some((city, zone)) => Err(format!(
            "{city} may be a channel or a time zone: write #{} for the channel, or put the zone \
             behind the time, as \"at 09:00 {zone}\"",
            city.to_lowercase().replace(' ', "-")
        )),
        None => {
            named(word).ok_or_else(|| "no channel is named: write it as #leadership".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn target(text: &str) -> Result<Target, String> {
        Target::take(&mut tokens(text))
    }

    fn mention(name: Option<&str>) -> Target {
        Target::Id { id: "C012AB".to_owned(), name: name.map(str::to_owned) }
    }

    #[test]
    fn a_channel_is_read_whatever_stands_around_it() {
        for text in [
            "in <#C012AB|exec>, daily at 9",
            "to <#C012AB|exec>: daily",
            "daily at 9 *<#C012AB|exec>*.",
            "in the <#C012AB|exec> channel daily",
            "in `<#C012AB|exec>` daily",
        ] {
            assert_eq!(target(text), Ok(mention(Some("exec"))), "{text}");
        }
        assert_eq!(target("in <#C012AB> daily"), Ok(mention(None)));
        assert_eq!(target("in <#C012AB|>, daily"), Ok(mention(None)));
        for text in [
            "in #Leadership, daily",
            "daily into #leadership.",
            "in “#leadership” daily",
            "in leadership daily",
            "in the leadership channel daily",
            "in _#leadership_ daily",
            "(#leadership) daily at 9",
        ] {
            assert_eq!(target(text), Ok(Target::Name("leadership".to_owned())), "{text}");
        }
    }

    #[test]
    fn here_is_where_it_was_asked_in_whichever_words() {
        for text in [
            "daily at 9",
            "here daily",
            "in here, daily",
            "in @here daily",
            "in this channel daily",
            "in this channel, daily",
            "<!here> daily",
            "<!here|here> daily",
            "in the first week",
            "daily at 9 in Europe/London",
        ] {
            assert_eq!(target(text), Ok(Target::Here), "{text}");
        }
    }

    #[test]
    fn what_is_no_channel_is_refused_with_what_to_write() {
        for (text, part) in [
            ("in <@U02BEN> daily", "that is a person"),
            ("to <@U02BEN|ben.okoro>, daily", "@ben.okoro is a person"),
            ("in @ben daily", "@ben is a person"),
            ("in @channel daily", "@channel calls people"),
            ("in London daily at 9", "London may be a channel or a time zone: write #london"),
            ("daily at 9 in New York", "\"at 09:00 America/New_York\""),
            ("in # daily", "no channel is named"),
            ("in <#> daily", "no channel is named"),
            ("in #a and #b daily", "name one"),
        ] {
            let refused = target(text).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
            assert!(!refused.contains("<@"), "no raw markup: {refused}");
        }
    }

    #[test]
    fn the_words_that_name_it_are_gone_and_no_others() {
        let left = |text: &str| {
            let mut words = tokens(text);
            Target::take(&mut words).unwrap();
            words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(left("daily in the #leadership channel at 9"), "daily at 9");
        assert_eq!(
            left("in leadership first monday of the quarter"),
            "first monday of the quarter"
        );
        assert_eq!(left("here daily at 9"), "daily at 9");
        assert_eq!(left("in this channel daily at 9"), "daily at 9");
        assert_eq!(left("daily @ 9"), "daily @ 9");
    }
}
