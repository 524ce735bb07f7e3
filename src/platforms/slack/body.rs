//! Form-encoded bodies, read without a map: only the wanted fields are decoded, and a field
//! without escapes is not copied.

use std::borrow::Cow;

/// The raw pairs of a form-encoded body, in order, not decoded.
pub fn pairs(body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &pair[pair.len()..]),
        }
    })
}

/// The decoded value, or none where it is not UTF-8. A `%` without two digits stands for itself.
pub fn decoded(raw: &[u8]) -> Option<Cow<'_, str>> {
    let Some(first) = raw.iter().position(|byte| matches!(byte, b'%' | b'+')) else {
        return std::str::from_utf8(raw).ok().map(Cow::Borrowed);
    };
    let mut bytes = Vec::with_capacity(raw.len());
    bytes.extend_from_slice(&raw[..first]);
    let mut rest = &raw[first..];
    while let [byte, after @ ..] = rest {
        let (byte, after) = match (byte, after) {
            (b'+', after) => (b' ', after),
            (b'%', [high, low, beyond @ ..]) => match escaped(*high, *low) {
                Some(byte) => (byte, beyond),
                None => (b'%', after),
            },
            (byte, after) => (*byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (HEX[usize::from(high)], HEX[usize::from(low)]);
    (high | low < 16).then_some(high << 4 | low)
}

/// What each byte is worth as a hexadecimal digit; 255 where it is none.
const HEX: [u8; 256] = hex();

const fn hex() -> [u8; 256] {
    let mut table = [255; 256];
    let mut worth = 0;
    while worth < 16 {
        table[b"0123456789abcdef"[worth as usize] as usize] = worth;
        table[b"0123456789ABCDEF"[worth as usize] as usize] = worth;
        worth += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_pluses_are_decoded_and_broken_ones_stand_for_themselves() {
        let cases = [
            ("plain", "plain"),
            ("a+b%20c", "a b c"),
            ("%7B%22x%22%3A1%7d", "{\"x\":1}"),
            ("caf%C3%A9", "café"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("", ""),
        ];
        for (raw, text) in cases {
            assert_eq!(decoded(raw.as_bytes()).as_deref(), Some(text), "{raw}");
        }
        assert_eq!(decoded(b"%FF"), None);
        assert_eq!(decoded(&[0xFF]), None);
    }

    #[test]
    fn a_value_without_escapes_is_not_copied() {
        assert!(matches!(decoded(b"T0001"), Some(Cow::Borrowed("T0001"))));
    }

    #[test]
    fn pairs_keep_their_order_and_tolerate_what_is_missing() {
        let read: Vec<_> = pairs(b"a=1&&b&=c&d==").collect();
        let expected: Vec<(&[u8], &[u8])> =
            vec![(b"a", b"1"), (b"b", b""), (b"", b"c"), (b"d", b"=")];
        assert_eq!(read, expected);
    }

    proptest! {
        #[test]
        fn what_an_encoder_wrote_is_read_back(text in "\\PC{0,60}") {
            let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let read = decoded(encoded.as_bytes());
            prop_assert_eq!(read.as_deref(), Some(text.as_str()));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(raw in prop::collection::vec(any::<u8>(), 0..80)) {
            for (_, value) in pairs(&raw) {
                let _ = decoded(value);
            }
        }
    }
}
