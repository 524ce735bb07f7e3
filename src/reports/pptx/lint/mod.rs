//! Package lint, held on every build: what makes an office offer a repair, found without one.
//!
//! A file may be schema-valid and open elsewhere and still bring up that prompt, so this holds the
//! known causes one by one over whole decks.

mod dom;
mod rules;

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use dom::Node;

/// Everything that is wrong with a deck; empty when it may be sent.
pub(super) fn lint(bytes: &[u8]) -> Vec<String> {
    match Opened::read(bytes) {
        Ok(opened) => rules::all(&opened),
        Err(problem) => vec![problem],
    }
}

/// A package taken apart.
struct Opened {
    names: Vec<String>,
    bytes: BTreeMap<String, Vec<u8>>,
    xml: BTreeMap<String, Node>,
}

/// A relationship, with its target as a part name.
struct Pointer {
    id: String,
    kind: String,
    target: String,
}

impl Opened {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
        let mut opened = Self { names: vec![], bytes: BTreeMap::new(), xml: BTreeMap::new() };
        for i in 0..zip.len() {
            let mut file = zip.by_index(i).map_err(|e| e.to_string())?;
            let name = file.name().map_err(|e| e.to_string())?.into_owned();
            let mut content = vec![];
            file.read_to_end(&mut content).map_err(|e| e.to_string())?;
            if matches!(name.rsplit('.').next(), Some("xml" | "rels")) {
                let node = dom::parse(&content).map_err(|e| format!("{name}: {e}"))?;
                opened.xml.insert(name.clone(), node);
            }
            opened.names.push(name.clone());
            opened.bytes.insert(name, content);
        }
        Ok(opened)
    }

    /// What a part points at. The empty name is the package.
    fn pointers(&self, part: &str) -> Vec<Pointer> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let Some(rels) = self.xml.get(&format!("{folder}{slash}_rels/{file}.rels")) else {
            return vec![];
        };
        let pointer = |rel: &Node| Pointer {
            id: rel.attribute("Id").to_owned(),
            kind: rel.attribute("Type").rsplit('/').next().unwrap_or_default().to_owned(),
            target: resolve(folder, rel.attribute("Target")),
        };
        rels.children.iter().map(pointer).collect()
    }

    /// Parts whose names start so, without relationship parts.
    fn parts<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a String> {
        self.names.iter().filter(move |name| name.starts_with(prefix) && !name.contains("_rels/"))
    }
}

fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}
