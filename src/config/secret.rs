//! Values that must not be seen in a log, a panic or an error.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A token or password, without the spaces around it. `Debug` shows `***`; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The value itself: only to sign, to seal or to send with.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The 32 bytes that encrypt tokens and sign links.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads base64, ordinary or URL-safe, padded or not. `None` unless it is 32 bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let text = text.trim();
        let lenient =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        [&STANDARD, &URL_SAFE]
            .into_iter()
            .find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
    }

    /// Ordinary base64, as [`SecretKey::from_base64`] reads it.
    #[must_use]
    pub fn to_base64(&self) -> Secret {
        Secret(base64::engine::general_purpose::STANDARD.encode(self.0))
    }

    /// The bytes themselves: only to sign or to seal with.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_trimmed_and_never_shown() {
        let secret = Secret::new(" xoxb-1\n");
        assert_eq!(secret.expose(), "xoxb-1");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(format!("{:?}", SecretKey::from_bytes([7; 32])), "***");
    }

    #[test]
    fn a_key_is_read_from_every_usual_form_of_base64() {
        let key = SecretKey::from_bytes([0xFB; 32]);
        let plain = key.to_base64();
        let url_safe = plain.expose().replace('+', "-").replace('/', "_");
        for form in [plain.expose(), plain.expose().trim_end_matches('='), &url_safe] {
            assert_eq!(SecretKey::from_base64(form).as_ref(), Some(&key), "{form}");
        }
    }

    #[test]
    fn a_key_of_another_length_is_not_a_key() {
        for wrong in ["", "c2hvcnQ=", "not base64 at all!", &"A".repeat(88)] {
            assert_eq!(SecretKey::from_base64(wrong), None, "{wrong}");
        }
    }
}
