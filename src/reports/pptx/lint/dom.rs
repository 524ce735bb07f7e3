//! A small tree of XML elements, enough to look a deck over.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// An element with its prefix, its attributes, its children and the text right inside it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Node>,
    pub text: String,
}

impl Node {
    /// An attribute, or the empty text.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Every element of this name below this one, in order.
    pub(super) fn all<'a>(&'a self, name: &str) -> Vec<&'a Node> {
        let mut found = vec![];
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            found.extend(child.all(name));
        }
        found
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Parses a part; the error says what is not well-formed.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        let event = reader.read_event().map_err(|e| e.to_string())?;
        match event {
            Event::Start(start) => open.push(node(&start)?),
            Event::Empty(start) => {
                let node = node(&start)?;
                last(&mut open)?.children.push(node);
            }
            Event::End(_) => {
                let node = open.pop().ok_or("more ends than starts")?;
                last(&mut open)?.children.push(node);
            }
            Event::Text(text) => last(&mut open)?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let entity = format!("&{};", &*reference);
                let text = quick_xml::escape::unescape(&entity).map_err(|e| e.to_string())?;
                last(&mut open)?.text.push_str(&text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut root = open.pop().filter(|_| open.is_empty()).ok_or("an element is not closed")?;
    root.children.pop().ok_or_else(|| "no element".to_owned())
}

fn last(open: &mut [Node]) -> Result<&mut Node, String> {
    open.last_mut().ok_or_else(|| "text outside the root".to_owned())
}

fn node(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(XmlVersion::default()).map_err(|e| e.to_string())?;
        attributes.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Ok(Node { name: start.name().as_ref().to_owned(), attributes, ..Node::default() })
}
