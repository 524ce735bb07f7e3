//! Is this request Slack's? The signature over the raw body, in one pass, before anything is read.
//!
//! slack-morphism has a verifier too. Ours reads the body where it lies, keeps the keyed hash ready
//! between requests and is strict about the headers: this stands in front of every request.

use axum::http::{HeaderMap, HeaderName};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How far a request's stamp may be from now, in seconds, both ways.
pub const WINDOW: i64 = 300;
/// Shorter signing secrets are refused: Slack's own have 32 characters.
pub const SHORTEST_SECRET: usize = 16;

const SIGNATURE: HeaderName = HeaderName::from_static("x-slack-signature");
const STAMP: HeaderName = HeaderName::from_static("x-slack-request-timestamp");

/// Checks signatures with one signing secret.
#[derive(Clone)]
pub struct Verifier {
    /// With the key already taken in, so that a request pays for its own bytes only.
    keyed: Hmac<Sha256>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(***)")
    }
}

/// A signing secret that anybody could guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Slack signing secret is empty or shorter than {SHORTEST_SECRET} characters")]
pub struct WeakSecret;

/// Why a request is not taken for Slack's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    #[error("it needs exactly one X-Slack-Signature and one X-Slack-Request-Timestamp")]
    Headers,
    #[error("the timestamp is not a number of seconds")]
    Stamp,
    #[error("the timestamp is {0} s away from this server's time, more than {WINDOW} s")]
    Stale(i64),
    #[error("the signature is not v0= and 64 lower-case hexadecimal digits")]
    Shape,
    #[error("the signature does not fit the body")]
    Signature,
}

impl Verifier {
    pub fn new(secret: &str) -> Result<Self, WeakSecret> {
        if secret.trim().len() < SHORTEST_SECRET {
            return Err(WeakSecret);
        }
        let keyed = Hmac::new_from_slice(secret.as_bytes()).map_err(|_| WeakSecret)?;
        Ok(Self { keyed })
    }

    /// Whether Slack signed these bytes within the window around `now` (seconds since 1970, real
    /// time), and if so, when. The comparison takes the same time whatever differs.
    pub fn check(&self, now: i64, headers: &HeaderMap, body: &[u8]) -> Result<i64, Forged> {
        let Claim { stamp, at, digest } = claim(now, headers)?;
        let mut hash = self.keyed.clone();
        hash.update(b"v0:");
        hash.update(stamp);
        hash.update(b":");
        hash.update(body);
        hash.verify_slice(&digest).map_err(|_| Forged::Signature)?;
        Ok(at)
    }
}

/// What the headers say of a request whose body was not read yet.
#[derive(Debug)]
pub struct Claim<'a> {
    stamp: &'a [u8],
    /// When it was signed, in seconds.
    at: i64,
    digest: [u8; 32],
}

/// The headers of a request that could be Slack's: one stamp within the window, one signature.
pub fn claim(now: i64, headers: &HeaderMap) -> Result<Claim<'_>, Forged> {
    let signature = only(headers, &SIGNATURE)?;
    let stamp = only(headers, &STAMP)?;
    let at = seconds(stamp)?;
    let away = now.abs_diff(at);
    if away > WINDOW.unsigned_abs() {
        return Err(Forged::Stale(i64::try_from(away).unwrap_or(i64::MAX)));
    }
    Ok(Claim { stamp, at, digest: digest(signature)? })
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a [u8], Forged> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        _ => Err(Forged::Headers),
    }
}

/// Digits only: no sign, no spaces, no more than a date can have.
fn seconds(stamp: &[u8]) -> Result<i64, Forged> {
    if stamp.is_empty() || stamp.len() > 12 {
        return Err(Forged::Stamp);
    }
    stamp.iter().try_fold(0_i64, |sum, byte| match byte {
        b'0'..=b'9' => Ok(sum * 10 + i64::from(byte - b'0')),
        _ => Err(Forged::Stamp),
    })
}

fn digest(signature: &[u8]) -> Result<[u8; 32], Forged> {
    let hex = signature.strip_prefix(b"v0=").filter(|hex| hex.len() == 64).ok_or(Forged::Shape)?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Ok(bytes)
}

fn nibble(digit: u8) -> Result<u8, Forged> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(Forged::Shape),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write as _;

    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    pub(crate) const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const NOW: i64 = 1_531_420_618;
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&text=";

    pub(crate) fn signed(stamp: i64, body: &[u8]) -> HeaderMap {
        headers(&[&stamp.to_string()], &[&signature(&stamp.to_string(), body)])
    }

    fn signature(stamp: &str, body: &[u8]) -> String {
        let mut hash = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        hash.update(format!("v0:{stamp}:").as_bytes());
        hash.update(body);
        hash.finalize().into_bytes().iter().fold("v0=".to_owned(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
    }

    fn headers(stamps: &[&str], signatures: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for stamp in stamps {
            headers.append(STAMP, HeaderValue::from_str(stamp).unwrap());
        }
        for signature in signatures {
            headers.append(SIGNATURE, HeaderValue::from_str(signature).unwrap());
        }
        headers
    }

    fn verifier() -> Verifier {
        Verifier::new(SECRET).unwrap()
    }

    #[test]
    fn a_secret_that_is_empty_or_short_is_refused() {
        for secret in ["", "               ", "fifteen-letters", "                    "] {
            assert_eq!(Verifier::new(secret).err(), Some(WeakSecret), "{secret:?}");
        }
        assert!(Verifier::new("sixteen--letters").is_ok());
    }

    #[test]
    fn a_signed_request_is_accepted_to_the_edge_of_the_window_on_both_sides() {
        for away in [-WINDOW, -1, 0, 1, WINDOW] {
            let at = NOW + away;
            assert_eq!(verifier().check(NOW, &signed(at, BODY), BODY), Ok(at), "{away}");
        }
        for away in [-WINDOW - 1, WINDOW + 1] {
            let refused = verifier().check(NOW, &signed(NOW + away, BODY), BODY);
            assert_eq!(refused, Err(Forged::Stale(WINDOW + 1)), "{away}");
        }
    }

    #[test]
    fn every_other_shape_of_header_is_refused() {
        let stamp = NOW.to_string();
        let good = signature(&stamp, BODY);
        let upper = good.to_uppercase().replacen('V', "v", 1);
        let cases: Vec<(&str, HeaderMap, Forged)> = vec![
            ("no headers", HeaderMap::new(), Forged::Headers),
            ("no stamp", headers(&[], &[&good]), Forged::Headers),
            ("no signature", headers(&[&stamp], &[]), Forged::Headers),
            ("two signatures", headers(&[&stamp], &[&good, &good]), Forged::Headers),
            ("two stamps", headers(&[&stamp, &stamp], &[&good]), Forged::Headers),
            ("upper-case hex", headers(&[&stamp], &[&upper]), Forged::Shape),
            ("a byte short", headers(&[&stamp], &[&good[..good.len() - 2]]), Forged::Shape),
            ("a byte long", headers(&[&stamp], &[&format!("{good}00")]), Forged::Shape),
            ("version v1", headers(&[&stamp], &[&good.replace("v0", "v1")]), Forged::Shape),
            ("no version", headers(&[&stamp], &[&good[3..]]), Forged::Shape),
            ("empty signature", headers(&[&stamp], &[""]), Forged::Shape),
            ("empty stamp", headers(&[""], &[&good]), Forged::Stamp),
            ("a signed number", headers(&[&format!("+{stamp}")], &[&good]), Forged::Stamp),
            ("a fraction", headers(&[&format!("{stamp}.0")], &[&good]), Forged::Stamp),
            ("a huge number", headers(&["99999999999999999999"], &[&good]), Forged::Stamp),
            ("before 1970", headers(&["-1"], &[&good]), Forged::Stamp),
            ("another stamp", headers(&[&(NOW + 1).to_string()], &[&good]), Forged::Signature),
        ];
        for (name, headers, why) in cases {
            assert_eq!(verifier().check(NOW, &headers, BODY), Err(why), "{name}");
        }
    }

    #[test]
    fn the_certificate_probe_is_no_way_around_the_signature() {
        for body in [&b"ssl_check=1"[..], b"ssl_check=1&payload=%7B%7D", b"ssl_check=true"] {
            let other = signed(NOW, b"something else");
            assert_eq!(verifier().check(NOW, &other, body), Err(Forged::Signature));
            assert_eq!(verifier().check(NOW, &HeaderMap::new(), body), Err(Forged::Headers));
        }
    }

    #[test]
    fn the_example_of_slacks_own_guide_is_accepted() {
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let headers = headers(
            &["1531420618"],
            &["v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"],
        );
        assert_eq!(verifier().check(NOW, &headers, body), Ok(NOW));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_body_that_was_changed_after_signing_is_never_accepted(
            body in prop::collection::vec(any::<u8>(), 1..200),
            at in any::<prop::sample::Index>(),
            flip in 1..=255_u8,
            how in 0..3,
        ) {
            let mut other = body.clone();
            match how {
                0 => other[at.index(body.len())] ^= flip,
                1 => other.push(flip),
                _ => { other.pop(); }
            }
            let headers = signed(NOW, &body);
            prop_assert_eq!(verifier().check(NOW, &headers, &body), Ok(NOW));
            prop_assert_eq!(verifier().check(NOW, &headers, &other), Err(Forged::Signature));
        }
    }
}
