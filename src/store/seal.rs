//! Secrets at rest: sealed with a key that is not in the database, each bound to its own row.
//!
//! XChaCha20-Poly1305. What is sealed for one row of one workspace does not open as another's,
//! because workspace, kind and row id are authenticated with it. The key's id is stored beside it,
//! so that a later key can be told from this one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::ids::WorkspaceId;

const NONCE: usize = 24;

/// The 32 bytes of `ATTACHE_SECRET_KEY`. Never printed.
#[derive(Clone)]
pub struct SecretKey {
    bytes: [u8; 32],
    id: String,
}

/// Ciphertext with the id of the key that opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub key_id: String,
    /// The nonce, then the ciphertext with its tag.
    pub bytes: Vec<u8>,
}

/// Whose secret it is: it opens only when all three are the same again.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub workspace: &'a WorkspaceId,
    /// What it is, such as `slack_token`.
    pub kind: &'a str,
    /// The row it stands in.
    pub row: &'a str,
}

/// Why a sealed secret stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    #[error("it was sealed with another key")]
    OtherKey,
    #[error("it was changed, or sealed for another row")]
    OtherRow,
    #[error("no randomness to seal with")]
    NoRandomness,
}

impl SecretKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"attache key id");
        hash.update(bytes);
        let id = hex(&hash.finalize()[..6]);
        Self { bytes, id }
    }

    /// Reads standard base64; none unless it is 32 bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self::new)
    }

    /// Tells one key from another; says nothing about the key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn seal(&self, owner: Owner<'_>, plain: &[u8]) -> Result<Sealed, Shut> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| Shut::NoRandomness)?;
        let aad = owner.aad();
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| Shut::OtherRow)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        Ok(Sealed { key_id: self.id.clone(), bytes })
    }

    pub fn open(&self, owner: Owner<'_>, sealed: &Sealed) -> Result<Vec<u8>, Shut> {
        if sealed.key_id != self.id {
            return Err(Shut::OtherKey);
        }
        let (nonce, rest) = sealed.bytes.split_at_checked(NONCE).ok_or(Shut::OtherRow)?;
        let aad = owner.aad();
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), Payload { msg: rest, aad: &aad })
            .map_err(|_| Shut::OtherRow)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(Key::from_slice(&self.bytes))
    }
}

impl Owner<'_> {
    /// Each part with its length, so that no two owners look alike.
    fn aad(&self) -> Vec<u8> {
        let mut aad = Vec::new();
        for part in [self.workspace.as_str(), self.kind, self.row] {
            aad.extend_from_slice(&(part.len() as u64).to_be_bytes());
            aad.extend_from_slice(part.as_bytes());
        }
        aad
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// What is kept of a code, token or session instead of it: SHA-256 in hex. Only for secrets that
/// were made at random; a password would need more.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner<'a>(workspace: &'a WorkspaceId, row: &'a str) -> Owner<'a> {
        Owner { workspace, kind: "slack_token", row }
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_row() {
        let key = SecretKey::new([7; 32]);
        let workspace = WorkspaceId::from_stored("w");
        let sealed = key.seal(owner(&workspace, "1"), b"xoxb-1").unwrap();
        assert_eq!(key.open(owner(&workspace, "1"), &sealed).unwrap(), b"xoxb-1");
        assert!(!sealed.bytes.windows(4).any(|part| part == b"xoxb"));
    }

    #[test]
    fn swapped_rows_do_not_open() {
        let key = SecretKey::new([7; 32]);
        let (one, two) = (WorkspaceId::from_stored("w"), WorkspaceId::from_stored("w2"));
        let sealed = key.seal(owner(&one, "1"), b"xoxb-1").unwrap();
        let kind = Owner { kind: "refresh_token", ..owner(&one, "1") };
        let shifted = WorkspaceId::from_stored("wslack_token");
        let glued = Owner { workspace: &shifted, kind: "", row: "1" };
        for other in [owner(&two, "1"), owner(&one, "2"), kind, glued] {
            assert_eq!(key.open(other, &sealed), Err(Shut::OtherRow), "{other:?}");
        }
    }

    #[test]
    fn a_changed_byte_or_another_key_does_not_open() {
        let key = SecretKey::new([7; 32]);
        let workspace = WorkspaceId::from_stored("w");
        let sealed = key.seal(owner(&workspace, "1"), b"xoxb-1").unwrap();
        for at in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[at] ^= 1;
            assert_eq!(key.open(owner(&workspace, "1"), &changed), Err(Shut::OtherRow));
        }
        let cut = Sealed { bytes: sealed.bytes[..9].to_vec(), ..sealed.clone() };
        assert_eq!(key.open(owner(&workspace, "1"), &cut), Err(Shut::OtherRow));
        let other = SecretKey::new([8; 32]);
        assert_eq!(other.open(owner(&workspace, "1"), &sealed), Err(Shut::OtherKey));
    }

    #[test]
    fn a_key_is_32_bytes_and_does_not_print() {
        let key = SecretKey::from_base64("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").unwrap();
        assert_eq!(key.bytes, [7; 32]);
        assert_eq!(key.id(), SecretKey::new([7; 32]).id());
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
        assert!(SecretKey::from_base64("BwcH").is_none());
        assert!(SecretKey::from_base64("not base64").is_none());
    }

    #[test]
    fn sealing_twice_never_gives_the_same_bytes() {
        let key = SecretKey::new([7; 32]);
        let workspace = WorkspaceId::from_stored("w");
        let [one, two] = [(); 2].map(|()| key.seal(owner(&workspace, "1"), b"x").unwrap());
        assert_ne!(one, two);
    }
}
