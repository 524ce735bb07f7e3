//! What a file that comes over HTTP is sent as, and what is asked of it: understood or refused, never
//! passed over.

use axum::http::{HeaderMap, header};

use crate::numbers::Convention;
use crate::partners::import::foreign;

/// What the address asks for, as the options of `attache import`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Take the good rows even when others are refused.
    pub keep_good: bool,
    /// Which sign stands before decimals.
    pub decimal: Option<Convention>,
}

impl Asked {
    pub(super) fn of(query: Option<&str>) -> Result<Self, String> {
        let mut asked = Self::default();
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let shown: String = value.chars().take(40).collect();
            match &*name {
                "keep_good" => {
                    asked.keep_good = yes_or_no(&value).ok_or_else(|| {
                        format!(
                            "keep_good={shown} is neither yes nor no, so nothing was imported. \
                             Write keep_good=true, or leave it out."
                        )
                    })?;
                }
                "decimal" => {
                    asked.decimal = Some(Convention::stated(&value).ok_or_else(|| {
                        format!(
                            "decimal={shown} is not known, so nothing was imported. Write \
                             decimal=point or decimal=comma."
                        )
                    })?);
                }
                other => {
                    let name: String = other.chars().take(40).collect();
                    return Err(format!(
                        "{name} is not known, so nothing was imported. What can be asked for is \
                         keep_good and decimal."
                    ));
                }
            }
            if seen.contains(&name) {
                return Err(format!("{name} is there twice, so nothing was imported."));
            }
            seen.push(name);
        }
        Ok(asked)
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "" | "true" | "yes" | "y" | "t" | "on" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// How the body is wrapped, by its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentAs {
    File,
    /// What `curl --data-binary` says of any file.
    Form,
    Parts,
    Compressed,
}

impl SentAs {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let encoding = text(header::CONTENT_ENCODING).trim();
        let kind = text(header::CONTENT_TYPE).trim().to_lowercase();
        if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
            Self::Compressed
        } else if kind.starts_with("multipart/") {
            Self::Parts
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            Self::Form
        } else {
            Self::File
        }
    }

    /// What no file can come as; said before it is received.
    pub(super) fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Compressed => Some(
                "The body is compressed (Content-Encoding), so nothing was imported. Send the file \
                 as it is.",
            ),
            Self::Parts => Some(
                "The body is a form with parts (multipart), so nothing was imported. Send the file \
                 itself as the body: curl --data-binary @deals.csv",
            ),
            Self::File | Self::Form => None,
        }
    }

    /// What the body shows itself to be.
    pub(super) fn refusal_of(self, bytes: &[u8]) -> Option<String> {
        if let Some(refused) = foreign(bytes) {
            return Some(format!("Nothing was imported: {refused}."));
        }
        let has = |signs: &[u8]| bytes.iter().any(|byte| signs.contains(byte));
        if self != Self::Form || bytes.is_empty() || has(b"\r\n") || bytes.starts_with(b"[") {
            return None;
        }
        let encoded = has(b"=") && !has(b",;\t |");
        Some(if encoded {
            "The body is an encoded form, so nothing was imported. Send the file itself as the \
             body: curl --data-binary @deals.csv"
                .to_owned()
        } else {
            "The body has no line breaks: curl -d takes them out, so nothing was imported. Send \
             the file with curl --data-binary @deals.csv"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_understood_or_refused() {
        let keeps = |query| Asked::of(Some(query)).map(|asked| asked.keep_good);
        for yes in ["keep_good=yes", "keep_good=TRUE", "keep_good=1", "keep_good", "keep_good=on"] {
            assert_eq!(keeps(yes), Ok(true), "{yes}");
        }
        for no in ["keep_good=no", "keep_good=false", "keep_good=0", "", "decimal=comma"] {
            assert_eq!(keeps(no), Ok(false), "{no}");
        }
        for wrong in [
            "keep_good=maybe",
            "keep-good=yes",
            "keepgood=1",
            "decimal=dotted",
            "keep_good&keep_good=no",
        ] {
            let said = keeps(wrong).unwrap_err();
            assert!(said.contains("nothing was imported"), "{wrong}: {said}");
        }
        let comma = Asked::of(Some("decimal=comma")).unwrap();
        assert_eq!(comma.decimal, Some(Convention::Comma));
    }

    #[test]
    fn a_form_is_told_from_a_file_that_curl_calls_one() {
        let form = SentAs::Form;
        assert_eq!(form.refusal_of(b"external_id,name\nP-1,One\n"), None);
        assert_eq!(form.refusal_of(b"[{\"external_id\":\"P-1\"}]"), None);
        let said = |bytes| form.refusal_of(bytes).unwrap();
        assert!(said(b"csv=external_id%2Cname%0AP-1%2COne").contains("an encoded form"));
        assert!(said(b"external_id,nameP-1,One").contains("no line breaks"));
        assert!(SentAs::File.refusal_of(b"\x1F\x8B\x08\0").unwrap().contains("gzip"));
    }
}
