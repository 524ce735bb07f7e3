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

#[cfg(test)]
mod tests {
    use super::*;

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
