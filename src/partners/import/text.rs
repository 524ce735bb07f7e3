//! Bytes to text: the encodings that people's programs write.

use std::borrow::Cow;

use super::foreign::{binary, foreign};
use super::refusal::FileRefused;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a file, and what a person should know about how it was read.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub note: Option<String>,
}

/// UTF-8; UTF-16 with its mark; Windows-1252 where nothing in the text speaks against it.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileRefused> {
    if let Some(refused) = foreign(bytes) {
        return Err(refused);
    }
    let utf16 = match bytes {
        [0xFF, 0xFE, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xFE, 0xFF, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((body, unit)) = utf16 {
        return from_utf16(body, unit);
    }
    if let Some(refused) = binary(bytes) {
        return Err(refused);
    }
    let body = bytes.strip_prefix(BOM).unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Decoded { text: Cow::Borrowed(text), note: None }),
        Err(error) => from_windows(body).ok_or_else(|| {
            FileRefused::NotUtf8(line_at(&String::from_utf8_lossy(&body[..error.valid_up_to()])))
        }),
    }
}

fn from_utf16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded<'static>, FileRefused> {
    let (pairs, odd) = body.as_chunks::<2>();
    let mut text = String::with_capacity(body.len());
    for one in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(one.map_err(|_| FileRefused::NotUtf16(line_at(&text)))?);
    }
    if !odd.is_empty() {
        return Err(FileRefused::NotUtf16(line_at(&text)));
    }
    let text = text.trim_start_matches('\u{FEFF}').to_owned();
    Ok(Decoded { text: Cow::Owned(text), note: Some("the file was read as UTF-16".to_owned()) })
}

/// What Windows-1252 writes in the place of the C1 controls, where it is a sign that texts hold.
/// Its letters there are left out: a file from a Mac has others in their place.
const PUNCTUATION: [(u8, char); 13] = [
    (0x80, '€'),
    (0x82, '‚'),
    (0x84, '„'),
    (0x85, '…'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x99, '™'),
    (0xA0, ' '),
];

/// A text with single accented letters among plain ones is Western European; a run of them is
/// another alphabet, and anything that is valid UTF-8 in parts is a damaged file.
fn from_windows(body: &[u8]) -> Option<Decoded<'static>> {
    let mut text = String::with_capacity(body.len() + body.len() / 8);
    let (mut run, mut example) = (0, None);
    for byte in body.iter().copied() {
        let one = western(byte)?;
        let accented = byte >= 0xC0;
        run = if accented { run + 1 } else { 0 };
        if run > 2 || (0x80..0xC0).contains(&byte) && text.ends_with(['Â', 'Ã', 'â']) {
            return None;
        }
        if accented && example.is_none() {
            example = Some(text.len());
        }
        text.push(one);
    }
    let word = example.map(|at| word_at(&text, at)).filter(|word| !word.is_empty());
    let such = word.map_or_else(String::new, |word| format!(", such as \"{word}\""));
    let note = format!(
        "the file is not UTF-8 and was read as Windows-1252: look at words with accents{such}"
    );
    Some(Decoded { text: Cow::Owned(text), note: Some(note) })
}

fn western(byte: u8) -> Option<char> {
    match byte {
        0..0x80 | 0xA1..=0xFF => Some(char::from(byte)),
        _ => PUNCTUATION.iter().find(|(code, _)| *code == byte).map(|(_, sign)| *sign),
    }
}

fn word_at(text: &str, at: usize) -> &str {
    let ends = |c: char| !c.is_alphanumeric();
    let from = text[..at]
        .rfind(ends)
        .map_or(0, |end| end + text[end..].chars().next().map_or(1, char::len_utf8));
    let to = text[at..].find(ends).map_or(text.len(), |end| at + end);
    if to - from > 60 { "" } else { &text[from..to] }
}

/// The line that a text breaks off on.
fn line_at(before: &str) -> usize {
    let newlines = before.matches('\n').count();
    if newlines == 0 { before.matches('\r').count() + 1 } else { newlines + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<(String, bool)> {
        decode(bytes).ok().map(|decoded| (decoded.text.into_owned(), decoded.note.is_some()))
    }

    #[test]
    fn the_encodings_of_spreadsheets_are_read_as_meant() {
        let name = "id,name\n1,Zürich – “Ost”\n";
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let read_as = |text: &str, noted| Some((text.to_owned(), noted));
        assert_eq!(read(name.as_bytes()), read_as(name, false));
        assert_eq!(read(&[BOM, name.as_bytes()].concat()), read_as(name, false));
        assert_eq!(read(&[b"\xFF\xFE", &utf16[..]].concat()), read_as(name, true));
        assert_eq!(read(&[b"\xFE\xFF", &big[..]].concat()), read_as(name, true));
        assert_eq!(read(b"id,name\n1,Z\xFCrich \x96 \x93Ost\x94\n"), read_as(name, true));
        let said = decode(b"id\n1,Z\xFCrich\n").ok().and_then(|decoded| decoded.note).unwrap();
        assert!(said.ends_with("such as \"Zürich\""), "{said}");
    }

    #[test]
    fn what_would_be_a_guess_is_refused_with_its_line() {
        let refused = |bytes: &[u8]| decode(bytes).err().unwrap();
        assert_eq!(refused(b"id\nM\x9Fnchen\n"), FileRefused::NotUtf8(2), "a Mac's");
        assert_eq!(refused(b"id\n1\n\xCC\xEE\xF1\xEA\xE2\xE0\n"), FileRefused::NotUtf8(3));
        assert_eq!(refused(b"Z\xC3\xBCrich\nZ\xFCrich\n"), FileRefused::NotUtf8(2), "a mixture");
        assert_eq!(refused(b"\xFF\xFEa\0\n\0b"), FileRefused::NotUtf16(2));
        assert_eq!(refused(b"a\rb\rM\x9F"), FileRefused::NotUtf8(3));
    }
}
