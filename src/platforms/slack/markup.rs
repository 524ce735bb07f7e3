//! Slack's own markup: read out of what people type, and made harmless in what we say.

/// What a person said, without Slack's markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Mentions of the bot are taken out; people and channels stay as `<@U…>` and `<#C…|name>`,
    /// which only Slack can have written; links are what was typed.
    pub text: String,
    /// The bot was mentioned.
    pub mentioned: bool,
}

/// Reads `text` as Slack delivers it. `bot` is our user id there.
#[must_use]
pub fn spoken(text: &str, bot: Option<&str>) -> Spoken {
    let mut said = Spoken { text: String::with_capacity(text.len()), mentioned: false };
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        said.text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('&') {
            entity(rest, &mut said)
        } else {
            token(rest, bot, &mut said)
        };
    }
    said.text.push_str(rest);
    let trimmed = said.text.trim();
    if trimmed.len() != said.text.len() {
        said.text = trimmed.to_owned();
    }
    said
}

/// Turns one `&lt;`, `&gt;` or `&amp;` back. A typed `<@`, `<#` or `<!` gets a space, so that it
/// never looks like a token of Slack's.
fn entity<'a>(text: &'a str, said: &mut Spoken) -> &'a str {
    for (name, sign) in [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')] {
        if let Some(rest) = text.strip_prefix(name) {
            said.text.push(sign);
            if sign == '<' && rest.starts_with(['@', '#', '!']) {
                said.text.push(' ');
            }
            return rest;
        }
    }
    said.text.push('&');
    &text[1..]
}

fn token<'a>(text: &'a str, bot: Option<&str>, said: &mut Spoken) -> &'a str {
    let Some(end) = text.find('>') else {
        said.text.push('<');
        return &text[1..];
    };
    let (inner, rest) = (&text[1..end], &text[end + 1..]);
    let (target, label) = inner.split_once('|').map_or((inner, None), |(to, l)| (to, Some(l)));
    match target.as_bytes().first() {
        Some(b'@') if bot.is_some_and(|bot| bot == &target[1..]) => {
            said.mentioned = true;
            if said.text.is_empty() || said.text.ends_with(char::is_whitespace) {
                return rest.trim_start();
            }
        }
        Some(b'@' | b'#') => said.text.push_str(&text[..=end]),
        Some(b'!') => {
            said.text.push_str(label.map_or("@", |_| ""));
            said.text.push_str(label.unwrap_or(&target[1..]));
        }
        _ => unescape(label.unwrap_or(target), said),
    }
    rest
}

fn unescape(text: &str, said: &mut Spoken) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        said.text.push_str(&rest[..at]);
        rest = entity(&rest[at..], said);
    }
    said.text.push_str(rest);
}

/// Everything active in Slack's markup begins with `<`: escaped, nothing is.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bots_mention_is_taken_out_wherever_it_stands() {
        let cases = [
            ("<@U0BOT> show icp", "show icp", true),
            ("  <@U0BOT>   show icp ", "show icp", true),
            ("show <@U0BOT> icp", "show icp", true),
            ("show icp <@U0BOT|attache>", "show icp", true),
            ("<@U0BOT>", "", true),
            ("ask <@U07ANA> first", "ask <@U07ANA> first", false),
            ("nobody", "nobody", false),
        ];
        for (raw, text, mentioned) in cases {
            let said = spoken(raw, Some("U0BOT"));
            assert_eq!(said, Spoken { text: text.to_owned(), mentioned }, "{raw}");
        }
    }

    #[test]
    fn entities_links_and_groups_become_what_was_typed() {
        let cases = [
            ("R&amp;D &lt;50 &gt; 10", "R&D <50 > 10"),
            ("see <https://acme.example/a?b=1&amp;c=2>", "see https://acme.example/a?b=1&c=2"),
            ("see <http://acme.example|acme.example>", "see acme.example"),
            ("<mailto:ana@acme.example|ana@acme.example>", "ana@acme.example"),
            ("in <#C0LEAD|leadership> now", "in <#C0LEAD|leadership> now"),
            ("<!channel> and <!subteam^S01|@partners>", "@channel and @partners"),
            ("a < b", "a < b"),
            ("AT&T &copy;", "AT&T &copy;"),
        ];
        for (raw, text) in cases {
            assert_eq!(spoken(raw, None).text, text, "{raw}");
        }
    }

    #[test]
    fn a_typed_token_never_looks_like_one_of_slacks() {
        assert_eq!(spoken("in &lt;#C0LEAD|x&gt;", None).text, "in < #C0LEAD|x>");
        assert_eq!(spoken("&lt;@U07ANA&gt;", None).text, "< @U07ANA>");
    }

    proptest! {
        #[test]
        fn what_we_escape_is_read_back_and_holds_nothing_active(text in "\\PC{0,80}") {
            let safe = escaped(&text);
            prop_assert!(!safe.contains(['<', '>']));
            let read = spoken(&safe, Some("U0BOT")).text;
            prop_assert_eq!(read.replace("< ", "<"), text.trim().replace("< ", "<"));
        }

        #[test]
        fn any_words_are_read_without_a_panic(text in "[<>&@#!|a-zé;\\s]{0,60}") {
            let _ = spoken(&text, Some("a"));
        }
    }
}
