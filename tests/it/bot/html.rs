//! Just enough HTML to read the console's pages as a browser shows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An element with what is inside it.
#[derive(Clone, Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub inside: Vec<Node>,
}

#[derive(Clone, Debug)]
pub enum Node {
    Text(String),
    Element(Element),
}

const EMPTY: [&str; 8] = ["input", "meta", "link", "br", "hr", "img", "path", "rect"];

/// The page as one element without a name.
pub fn parse(page: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        add(&mut open, Node::Text(decoded(&rest[..at])));
        let end = rest[at..].find('>').map(|end| at + end).expect("every tag is closed");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(name) => close(&mut open, name.trim()),
            None => begin(&mut open, tag),
        }
    }
    add(&mut open, Node::Text(decoded(rest)));
    assert_eq!(open.len(), 1, "everything that was opened is closed");
    open.pop().expect("the page itself")
}

fn begin(open: &mut Vec<Element>, tag: &str) {
    let closed = tag.ends_with('/');
    let tag = tag.trim_end_matches('/');
    let name = tag.split_whitespace().next().unwrap_or_default().to_lowercase();
    let attributes = attributes(&tag[name.len()..]);
    let empty = closed || EMPTY.contains(&name.as_str());
    let element = Element { name, attributes, inside: Vec::new() };
    if empty { add(open, Node::Element(element)) } else { open.push(element) }
}

fn close(open: &mut Vec<Element>, name: &str) {
    let element = open.pop().expect("the page itself stays open");
    assert_eq!(element.name, name, "tags are closed in their order");
    add(open, Node::Element(element));
}

fn add(open: &mut [Element], node: Node) {
    open.last_mut().expect("the page itself stays open").inside.push(node);
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let end = quoted.find('"').expect("a value ends");
                rest = &quoted[end + 1..];
                decoded(&quoted[..end])
            }
            None => String::new(),
        };
        found.insert(name, value);
        rest = rest.trim_start();
    }
    found
}

fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        let name = &rest[at + 1..end];
        let code = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let sign = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            _ => code.and_then(char::from_u32),
        };
        plain.push(sign.unwrap_or_else(|| panic!("&{name}; is no sign that we know")));
        rest = &rest[(end + 1).min(rest.len())..];
    }
    plain + rest
}

impl Element {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub fn is(&self, name: &str, class: &str) -> bool {
        self.name == name && (class.is_empty() || self.has_class(class))
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_whitespace().any(|word| word == class)
    }

    /// Every element of this name and class, at any depth, in reading order.
    pub fn all(&self, name: &str, class: &str) -> Vec<&Element> {
        let mut found = Vec::new();
        for child in self.children() {
            if child.is(name, class) {
                found.push(child);
            }
            found.extend(child.all(name, class));
        }
        found
    }

    pub fn first(&self, name: &str, class: &str) -> Option<&Element> {
        self.all(name, class).into_iter().next()
    }

    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.inside.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// All text, as it stands in the page.
    pub fn text(&self) -> String {
        let texts = self.inside.iter().map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(element) => element.text(),
        });
        texts.collect()
    }

    /// What a person reads: blocks on lines of their own, buttons in brackets, nothing unseen.
    pub fn words(&self) -> String {
        let mut words = String::new();
        self.read_into(&mut words);
        let lines = words.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn read_into(&self, words: &mut String) {
        for node in &self.inside {
            match node {
                Node::Text(text) => words.push_str(text),
                Node::Element(element) if element.has_class("unseen") => {}
                Node::Element(element) => element.read(words),
            }
        }
    }

    fn read(&self, words: &mut String) {
        match self.name.as_str() {
            "svg" | "form" if self.first("button", "").is_none() => {}
            "form" => {
                let labels = self.all("button", "").into_iter().map(Element::text);
                labels.for_each(|label| write!(words, "[{}] ", label.trim()).unwrap());
            }
            "tr" => {
                let cells: Vec<_> =
                    self.children().map(|cell| cell.text().trim().to_owned()).collect();
                write!(words, "\n{}\n", cells.join(" | ")).unwrap();
            }
            "dt" => write!(words, "\n{}: ", self.text().trim()).unwrap(),
            "p" | "h1" | "h2" | "h3" | "li" | "caption" | "div" | "dl" | "section" | "header" => {
                words.push('\n');
                self.read_into(words);
                words.push('\n');
            }
            _ => self.read_into(words),
        }
    }
}
