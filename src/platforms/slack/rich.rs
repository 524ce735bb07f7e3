//! Words with emphasis as `rich_text`: the block in which data cannot become a mention or a link.

use serde_json::{Value, json};
use url::Url;

use super::limits;
use crate::conversation::card::{Run, Text};

/// How data is written so that nothing in it is active.
#[derive(Clone, Debug, Default)]
pub struct Ink {
    /// Our own public host, with its port: the only one that is linked.
    host: Option<String>,
    /// Any single piece of data longer than this is shortened.
    longest: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Bold,
    Strike,
    Code,
}

impl Ink {
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        Self { host: Url::parse(public_url).ok().as_ref().and_then(host), longest: None }
    }

    #[must_use]
    pub fn no_longer_than(&self, longest: usize) -> Self {
        Self { longest: Some(longest), ..self.clone() }
    }

    /// Data as it may be shown: no invisible signs, no foreign address that a client would link.
    #[must_use]
    pub fn inert(&self, data: &str) -> String {
        let seen: String = data.chars().filter(|sign| !is_invisible(*sign)).collect();
        let mut text = String::with_capacity(seen.len());
        let mut rest = seen.as_str();
        while let Some(at) = rest.find("://") {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            text.push_str(if self.begins_with_our_host(&from[3..]) { "://" } else { "[:]//" });
            rest = &from[3..];
        }
        text.push_str(rest);
        match self.longest {
            Some(longest) => limits::shortened(&text, longest).into_owned(),
            None => text,
        }
    }

    fn begins_with_our_host(&self, after: &str) -> bool {
        let end = after.find(|sign: char| !is_of_a_host(sign)).unwrap_or(after.len());
        let (host, beyond) = after.split_at(end);
        !beyond.starts_with('@') && self.host.as_deref() == Some(host)
    }

    /// The elements of one run of our words or data.
    pub fn run(&self, run: &Run) -> Vec<Value> {
        match run {
            Run::Plain(text) => self.text(text, Style::Plain),
            Run::Bold(text) => self.text(text, Style::Bold),
            Run::Struck(text) => self.text(text, Style::Strike),
            Run::Code(text) => self.text(text, Style::Code),
            Run::Person { user, .. } if is_user(user) => {
                vec![json!({ "type": "user", "user_id": user })]
            }
            Run::Channel { id, .. } if is_channel(id) => {
                vec![json!({ "type": "channel", "channel_id": id })]
            }
            Run::Person { name, .. } | Run::Channel { name, .. } => self.text(name, Style::Plain),
            Run::Link { label, url } => match self.ours(url) {
                Some(url) => {
                    let label = self.inert(if label.is_empty() { url } else { label });
                    let label = limits::shortened(&label, limits::TEXT);
                    vec![json!({ "type": "link", "url": url, "text": label })]
                }
                None => self.text(label, Style::Plain),
            },
        }
    }

    /// Text elements; none for nothing.
    pub fn text(&self, data: &str, style: Style) -> Vec<Value> {
        let text = self.inert(data);
        let pieces = limits::pieces(&text, limits::TEXT);
        pieces.into_iter().map(|piece| element(piece, style)).collect()
    }

    pub fn runs(&self, text: &Text) -> Vec<Value> {
        text.0.iter().flat_map(|run| self.run(run)).collect()
    }

    /// The address, where it is on our own host and not longer than Slack takes.
    fn ours<'a>(&self, url: &'a str) -> Option<&'a str> {
        let parsed = Url::parse(url).ok()?;
        let web = matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty();
        let ours = web && self.host.is_some() && host(&parsed) == self.host;
        (ours && limits::length(url) <= limits::TEXT).then_some(url)
    }
}

/// One line of its own.
pub fn section(elements: Vec<Value>) -> Value {
    tagged("rich_text_section", elements)
}

/// A block of lines.
pub fn block(lines: Vec<Value>) -> Value {
    tagged("rich_text", lines)
}

fn tagged(kind: &str, elements: Vec<Value>) -> Value {
    let fields = [("type", Value::from(kind)), ("elements", Value::Array(elements))];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn element(text: &str, style: Style) -> Value {
    match style {
        Style::Plain => json!({ "type": "text", "text": text }),
        Style::Bold => json!({ "type": "text", "text": text, "style": { "bold": true } }),
        Style::Strike => json!({ "type": "text", "text": text, "style": { "strike": true } }),
        Style::Code => json!({ "type": "text", "text": text, "style": { "code": true } }),
    }
}

fn host(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn is_of_a_host(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '-' | '.' | ':' | '[' | ']' | '_' | '@' | '%')
}

fn is_user(id: &str) -> bool {
    is_id(id, &['U', 'W'])
}

fn is_channel(id: &str) -> bool {
    is_id(id, &['C', 'G'])
}

fn is_id(id: &str, first: &[char]) -> bool {
    let mut signs = id.chars();
    signs.next().is_some_and(|sign| first.contains(&sign))
        && id.len() > 2
        && signs.all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())
}

/// Controls and signs that hide text or turn its direction; joiners that scripts need stay.
fn is_invisible(sign: char) -> bool {
    (sign.is_control() && !matches!(sign, '\n' | '\t'))
        || matches!(sign,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink() -> Ink {
        Ink::new("https://attache.northwind.example")
    }

    #[test]
    fn only_our_own_host_is_linked() {
        let link =
            |url: &str| ink().run(&Run::Link { label: "the deck".to_owned(), url: url.to_owned() });
        let ours = "https://attache.northwind.example/decks/1";
        assert_eq!(link(ours), [json!({ "type": "link", "url": ours, "text": "the deck" })]);
        for other in [
            "https://evil.example/decks/1",
            "https://attache.northwind.example.evil.example/",
            "https://attache.northwind.example:444/",
            "https://attache.northwind.example@evil.example/",
            "https://ana@attache.northwind.example/",
            "javascript:alert(1)",
            "attache.northwind.example",
            "",
        ] {
            assert_eq!(link(other), [json!({ "type": "text", "text": "the deck" })], "{other}");
        }
    }

    #[test]
    fn a_person_is_named_by_a_well_formed_id_or_by_their_name() {
        let person =
            |user: &str| ink().run(&Run::Person { user: user.to_owned(), name: "Ana".to_owned() });
        assert_eq!(person("U0ANA"), [json!({ "type": "user", "user_id": "U0ANA" })]);
        for other in ["ana", "U", "U0ANA>", "C0STRATEGY", "USÉ00", ""] {
            assert_eq!(person(other), [json!({ "type": "text", "text": "Ana" })], "{other}");
        }
    }

    #[test]
    fn foreign_addresses_in_data_are_broken_and_ours_are_not() {
        let cases = [
            ("see https://evil.example/x", "see https[:]//evil.example/x"),
            ("see https://attache.northwind.example/x", "see https://attache.northwind.example/x"),
            (
                "https://attache.northwind.example@evil.example",
                "https[:]//attache.northwind.example@evil.example",
            ),
            ("a://b://c", "a[:]//b[:]//c"),
            ("tab\tand\nline", "tab\tand\nline"),
            ("hid\u{200B}den\u{E0041}\u{202E}\u{7}", "hidden"),
        ];
        for (data, shown) in cases {
            assert_eq!(ink().inert(data), shown);
        }
        assert_eq!(Ink::new("").inert("http:///"), "http[:]///");
    }
}
