//! Files that are no text at all, or another kind of text: what they are, and how to come to a CSV file.

use super::refusal::FileRefused;

const AS_CSV: &str = "open it in a spreadsheet and save it as \"CSV UTF-8\"";
const UNPACK: &str = "unpack it and send the file that is inside";
const EXPORT: &str = "export the rows as CSV where they come from";

/// The first bytes of a format, what it is, and what to do.
struct Mark(&'static [u8], &'static str, &'static str);

const MARKS: &[Mark] = &[
    Mark(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office file, such as an .xls", AS_CSV),
    Mark(b"%PDF", "a PDF", EXPORT),
    Mark(b"\x1F\x8B", "a gzip archive", UNPACK),
    Mark(b"BZh", "a bzip2 archive", UNPACK),
    Mark(b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK),
    Mark(b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    Mark(b"\x28\xB5\x2F\xFD", "a Zstandard archive", UNPACK),
    Mark(b"\xFD7zXZ\0", "an xz archive", UNPACK),
    Mark(b"\x89PNG", "a picture (PNG)", EXPORT),
    Mark(b"\xFF\xD8\xFF", "a picture (JPEG)", EXPORT),
    Mark(b"GIF8", "a picture (GIF)", EXPORT),
    Mark(b"{\\rtf", "a rich text document (RTF)", AS_CSV),
    Mark(b"SQLite format 3\0", "a SQLite database", EXPORT),
    Mark(b"PAR1", "a Parquet file", EXPORT),
    Mark(b"\0\0\xFE\xFF", "UTF-32 text", "save it as \"CSV UTF-8\""),
    Mark(b"\xFF\xFE\0\0", "UTF-32 text", "save it as \"CSV UTF-8\""),
];

/// Names inside of a zip that tell what it is.
const INSIDE: &[Mark] = &[
    Mark(b"xl/", "an Excel workbook (.xlsx)", AS_CSV),
    Mark(b"word/", "a Word document (.docx)", AS_CSV),
    Mark(b"ppt/", "a PowerPoint file (.pptx)", EXPORT),
    Mark(b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)", AS_CSV),
    Mark(b"Index/Document.iwa", "a Numbers document", AS_CSV),
];

/// What a file is when it is neither CSV nor JSON text.
#[must_use]
pub fn foreign(bytes: &[u8]) -> Option<FileRefused> {
    let known = MARKS.iter().find(|mark| bytes.starts_with(mark.0));
    let packed = bytes.starts_with(b"PK\x03\x04").then(|| inside(bytes));
    let found = known.or(packed).or_else(|| marked_up(bytes));
    found.map(|Mark(_, what, todo)| FileRefused::Foreign { what, todo })
}

/// Bytes that no text holds: refused after the encodings that use them were tried.
pub(super) fn binary(bytes: &[u8]) -> Option<FileRefused> {
    let zeros = bytes.iter().take(4096).filter(|byte| **byte == 0).count();
    let (what, todo) = match zeros {
        0 if bytes.contains(&0) => ("binary data", EXPORT),
        0 => return None,
        n if n * 3 > bytes.len().min(4096) => {
            ("UTF-16 text without its mark", "save it as \"CSV UTF-8\"")
        }
        _ => ("binary data", EXPORT),
    };
    Some(FileRefused::Foreign { what, todo })
}

fn inside(bytes: &[u8]) -> &'static Mark {
    const ZIP: Mark = Mark(b"", "a zip archive", UNPACK);
    // Names stand in the clear before each member and once more at the end.
    let tail = bytes.len().saturating_sub(64 * 1024);
    let holds = |part: &[u8], name: &[u8]| part.windows(name.len()).any(|found| found == name);
    let head = &bytes[..bytes.len().min(64 * 1024)];
    INSIDE.iter().find(|mark| holds(head, mark.0) || holds(&bytes[tail..], mark.0)).unwrap_or(&ZIP)
}

fn marked_up(bytes: &[u8]) -> Option<&'static Mark> {
    const HTML: Mark = Mark(b"", "a web page (HTML)", AS_CSV);
    const XML: Mark = Mark(b"", "XML", AS_CSV);
    const PARTS: Mark =
        Mark(b"", "a form with parts (multipart)", "send the file itself as the body");
    let head = &bytes[..bytes.len().min(512)];
    let head = String::from_utf8_lossy(head).trim_start_matches('\u{FEFF}').to_lowercase();
    let head = head.trim_start();
    let starts = |with: &[&str]| with.iter().any(|start| head.starts_with(start));
    if starts(&["<!doctype html", "<html", "<head", "<body", "<table", "<!--", "<meta"]) {
        return Some(&HTML);
    }
    if head.starts_with("--") && head.contains("content-disposition:") {
        return Some(&PARTS);
    }
    starts(&["<?xml", "<workbook", "<"]).then_some(&XML)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_csv_is_called_by_its_name() {
        for (bytes, what) in [
            (&b"PK\x03\x04....xl/workbook.xml"[..], "an Excel workbook (.xlsx)"),
            (b"PK\x03\x04....partners.csv", "a zip archive"),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office file"),
            (b"%PDF-1.7", "a PDF"),
            (b"\x1F\x8B\x08", "a gzip archive"),
            (b"\x89PNG\r\n", "a picture"),
            (b"\xEF\xBB\xBF <!DOCTYPE HTML><table>", "a web page"),
            (b"<?xml version=\"1.0\"?><Workbook>", "XML"),
            (b"--x1\r\nContent-Disposition: form-data", "multipart"),
        ] {
            let said = foreign(bytes).unwrap().to_string();
            assert!(said.contains(what), "{said}");
            assert!(said.contains("not CSV text: "), "{said}");
        }
        assert_eq!(foreign(b"external_id,name\nP-1,One\n"), None);
        assert!(binary(b"a\0b,c").unwrap().to_string().contains("binary data"));
        assert!(binary(b"a\0,\0b\0\n\0").unwrap().to_string().contains("UTF-16"));
        assert_eq!(binary(b"a,b\n"), None);
    }
}
