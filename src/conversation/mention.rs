//! A person or a channel named in what was said: `<@id|name>` and `<#id|name>`, the name left out where
//! the platform does not say it.
//!
//! Only a platform's gate writes these; what somebody types to look like one gets a space there.

/// One mention, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The platform's own id.
    pub id: &'a str,
    pub name: Option<&'a str>,
}

impl<'a> Mention<'a> {
    /// Reads a word that is a mention and nothing else.
    #[must_use]
    pub fn read(word: &'a str) -> Option<Self> {
        let inner = word.strip_prefix('<')?.strip_suffix('>')?;
        let inner = inner.strip_prefix(['@', '#'])?;
        let (id, name) = inner.split_once('|').map_or((inner, None), |(id, n)| (id, Some(n)));
        let name = name.filter(|name| !name.is_empty());
        (!id.is_empty()).then_some(Self { id, name })
    }
}

/// The text as people read it: a mention is `@name` or `#name`, its id where it has no name; a link
/// is its label. Everything else in angle brackets stays.
#[must_use]
pub fn readable(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        read.push_str(&rest[..at]);
        rest = &rest[at..];
        let token = rest.find('>').map(|end| &rest[..=end]);
        let Some((token, said)) = token.and_then(|token| Some((token, said(token)?))) else {
            read.push('<');
            rest = &rest[1..];
            continue;
        };
        read.push_str(&said);
        rest = &rest[token.len()..];
    }
    read.push_str(rest);
    read
}

/// What one token says.
fn said(token: &str) -> Option<String> {
    if let Some(Mention { id, name }) = Mention::read(token) {
        let sign = &token[1..2];
        let known = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return known.then(|| format!("{sign}{}", name.unwrap_or(id).trim_start_matches(sign)));
    }
    let inner = token.strip_prefix('<')?.strip_suffix('>')?;
    let (target, label) = inner.split_once('|').unwrap_or((inner, inner));
    let is_link = ["http://", "https://", "mailto:"].iter().any(|start| target.starts_with(start));
    let label = label.strip_prefix("mailto:").unwrap_or(label);
    is_link.then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_a_platforms_markup() {
        for (typed, read) in [
            ("ask <@U02BEN|ben.okoro> in <#C0LEAD|leadership>", "ask @ben.okoro in #leadership"),
            ("<@U02BEN> and <#C0LEAD|>, please", "@U02BEN and #C0LEAD, please"),
            ("<@U02BEN|@ben>", "@ben"),
            ("see <https://acme.example/a|acme.example>", "see acme.example"),
            ("<http://acme.example>", "http://acme.example"),
            ("<mailto:ana@acme.example|ana@acme.example>", "ana@acme.example"),
            ("<mailto:ana@acme.example>", "ana@acme.example"),
            ("<50 employees, >10 and < @you", "<50 employees, >10 and < @you"),
            ("a <b> c <", "a <b> c <"),
            ("<<@U1|x>>", "<@x>"),
            ("<@not one>", "<@not one>"),
        ] {
            assert_eq!(readable(typed), read, "{typed}");
        }
        proptest::proptest!(|(text in "[<>@#|a-zé: ]{0,60}")| {
            let _ = readable(&text);
        });
    }

    #[test]
    fn a_mention_is_read_with_and_without_its_name_and_nothing_else_is_one() {
        let read = |word| Mention::read(word).map(|mention| (mention.id, mention.name));
        assert_eq!(read("<#C0LEAD|leadership>"), Some(("C0LEAD", Some("leadership"))));
        assert_eq!(read("<@U02BEN>"), Some(("U02BEN", None)));
        assert_eq!(read("<#C0LEAD|>"), Some(("C0LEAD", None)));
        for word in ["#leadership", "@ben", "<#C0LEAD", "< #C0LEAD|x>", "<#>", "<!here>", ""] {
            assert_eq!(read(word), None, "{word}");
        }
    }
}
