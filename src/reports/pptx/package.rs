//! An Open Packaging container: parts with content types and relationships, written as a zip with
//! fixed times so that the same parts give the same bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use askama::Template;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::WriteError;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// One part: its bytes, what they are, and which parts they point at.
struct Part {
    /// Empty where the extension already says it.
    content_type: String,
    bytes: Vec<u8>,
    rels: Vec<Relationship>,
}

/// A pointer from one part to another.
pub(super) struct Relationship {
    pub id: String,
    pub kind: String,
    pub target: String,
}

/// Parts by name, without the leading slash. The root's relationships belong to the empty name.
#[derive(Default)]
pub(super) struct Package {
    parts: BTreeMap<String, Part>,
    root: Vec<Relationship>,
}

#[derive(Template)]
#[template(path = "deck/relationships.xml")]
struct RelationshipsXml<'a> {
    rels: &'a [Relationship],
}

#[derive(Template)]
#[template(path = "deck/content-types.xml")]
struct ContentTypesXml<'a> {
    xlsx: bool,
    parts: Vec<(&'a str, &'a str)>,
}

impl Package {
    /// Adds a part that needs its content type named.
    pub(super) fn add(&mut self, name: &str, content_type: &str, bytes: impl Into<Vec<u8>>) {
        let part =
            Part { content_type: content_type.to_owned(), bytes: bytes.into(), rels: Vec::new() };
        self.parts.insert(name.to_owned(), part);
    }

    /// Gives a part that was added before its bytes; it keeps its type and relationships.
    pub(super) fn replace(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        if let Some(part) = self.parts.get_mut(name) {
            part.bytes = bytes.into();
        }
    }

    /// Points from one part (the empty name is the package) to another and returns the id.
    /// `kind` is the last word of an office relationship type, or a whole address.
    pub(super) fn relate(&mut self, from: &str, kind: &str, to: &str) -> String {
        let rels = match self.parts.get_mut(from) {
            Some(part) => &mut part.rels,
            None => &mut self.root,
        };
        let id = format!("rId{}", rels.len() + 1);
        let kind = if kind.contains("://") { kind.to_owned() } else { format!("{OFFICE}/{kind}") };
        rels.push(Relationship { id: id.clone(), kind, target: relative(from, to) });
        id
    }

    /// The container as bytes.
    pub(super) fn write(&self) -> Result<Vec<u8>, WriteError> {
        let mut zip = Writer::new();
        let named = self.parts.iter().filter(|(_, part)| !part.content_type.is_empty());
        let types = ContentTypesXml {
            xlsx: self.parts.keys().any(|name| is_workbook(name)),
            parts: named.map(|(name, part)| (name.as_str(), part.content_type.as_str())).collect(),
        };
        zip.put("[Content_Types].xml", types.render()?.as_bytes(), true)?;
        zip.rels("", &self.root)?;
        for (name, part) in &self.parts {
            zip.put(name, &part.bytes, !is_workbook(name))?;
            zip.rels(name, &part.rels)?;
        }
        zip.finish()
    }
}

/// A workbook is a zip itself: packing it again gains nothing.
fn is_workbook(name: &str) -> bool {
    name.rsplit('.').next() == Some("xlsx")
}

/// A zip with fixed times.
struct Writer(ZipWriter<Cursor<Vec<u8>>>);

impl Writer {
    fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::with_capacity(128 * 1024))))
    }

    fn put(&mut self, name: &str, bytes: &[u8], packed: bool) -> Result<(), WriteError> {
        let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default());
        self.0.start_file(name, options)?;
        self.0.write_all(bytes)?;
        Ok(())
    }

    fn rels(&mut self, of: &str, rels: &[Relationship]) -> Result<(), WriteError> {
        if rels.is_empty() {
            return Ok(());
        }
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let slash = if folder.is_empty() { "" } else { "/" };
        let name = format!("{folder}{slash}_rels/{file}.rels");
        self.put(&name, RelationshipsXml { rels }.render()?.as_bytes(), true)
    }

    fn finish(self) -> Result<Vec<u8>, WriteError> {
        Ok(self.0.finish()?.into_inner())
    }
}

/// The way from the folder of one part to another part.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len() - 1;
    let shared = from.iter().take(folders).zip(&to).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(folders - shared);
    format!("{up}{}", to[shared..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_written_relative_to_the_folder_of_their_part() {
        assert_eq!(relative("", "ppt/presentation.xml"), "ppt/presentation.xml");
        assert_eq!(relative("ppt/presentation.xml", "ppt/slides/slide1.xml"), "slides/slide1.xml");
        assert_eq!(
            relative("ppt/slides/slide1.xml", "ppt/charts/chart1.xml"),
            "../charts/chart1.xml"
        );
    }
}
