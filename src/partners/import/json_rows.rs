//! A JSON array of objects to rows, each object for itself: the array is never held as a whole.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::bounds::{MAX_COLUMNS, MAX_LIST, MAX_OBJECT, MAX_PROBLEMS};
use super::columns::{Kind, column, in_order};
use super::refusal::FileRefused;
use super::source::{Each, RawCell, RawRow};

/// A JSON file, not yet looked into.
pub(super) struct JsonRows<'a> {
    pub kind: Kind,
    pub text: &'a str,
}

impl JsonRows<'_> {
    pub(super) fn each(&self, each: Each<'_>) -> Result<Vec<String>, FileRefused> {
        if self.text.trim_start().starts_with('{') {
            return Err(FileRefused::NotJson(self.why_an_object().to_owned()));
        }
        let mut stopped = None;
        let mut reader = serde_json::Deserializer::from_str(self.text);
        let items = Items { kind: self.kind, each, stopped: &mut stopped };
        let read = items.deserialize(&mut reader).and_then(|()| reader.end());
        match (stopped, read) {
            (Some(refused), _) => Err(refused),
            (None, Err(error)) => Err(FileRefused::NotJson(error.to_string())),
            (None, Ok(())) => Ok(Vec::new()),
        }
    }

    fn why_an_object(&self) -> &'static str {
        let mut values =
            serde_json::Deserializer::from_str(self.text).into_iter::<IgnoredAny>().take(2);
        match (values.next(), values.next()) {
            (Some(Ok(_)), Some(_)) => {
                "it has one object after another; put them into one array: [{…}, {…}]"
            }
            (Some(Ok(_)), None) => "it is an object; send the array of rows alone: [{…}, {…}]",
            _ => "it begins with { and is not an array: [{…}, {…}]",
        }
    }
}

/// Reads the array item by item.
struct Items<'e, 's> {
    kind: Kind,
    each: Each<'e>,
    stopped: &'s mut Option<FileRefused>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut line = 0;
        while let Some(item) = items.next_element::<&'de RawValue>()? {
            line += 1;
            if let Err(refused) = (self.each)(row(self.kind, line, item.get())) {
                *self.stopped = Some(refused);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

fn row(kind: Kind, line: usize, item: &str) -> RawRow<'static> {
    let none = in_order(kind, &[]);
    let mut row = RawRow { line, columns: none, cells: Vec::new(), problems: Vec::new() };
    if item.len() > MAX_OBJECT {
        row.problems.push(format!("the object has more than {MAX_OBJECT} bytes"));
        return row;
    }
    if !item.starts_with('{') {
        row.problems.push("is not an object".to_owned());
        return row;
    }
    let keys = match serde_json::from_str::<Keys>(item) {
        Ok(keys) => keys,
        Err(error) => {
            row.problems.push(format!("is not an object of plain values: {error}"));
            return row;
        }
    };
    if keys.more {
        row.problems.push(format!("has more than {MAX_COLUMNS} keys"));
    }
    for (key, value) in keys.pairs {
        match column(kind, &key).and_then(|name| Ok((name, cell(name, value)?))) {
            Ok((name, _)) if row.cells.iter().any(|(is, _)| *is == name) => {
                row.problems.push(format!("{name} is there twice"));
            }
            Ok(cell) => row.cells.push(cell),
            Err(problem) => row.problems.push(problem),
        }
        if row.problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    let names: Vec<_> = row.cells.iter().map(|(name, _)| *name).collect();
    row.columns = in_order(kind, &names);
    row
}

/// The keys of an object in their order, those that are there twice too.
struct Keys {
    pairs: Vec<(String, Value)>,
    more: bool,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(KeysOf)
    }
}

struct KeysOf;

impl<'de> Visitor<'de> for KeysOf {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys { pairs: Vec::new(), more: false };
        while keys.pairs.len() < MAX_COLUMNS {
            match map.next_entry()? {
                Some(pair) => keys.pairs.push(pair),
                None => return Ok(keys),
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            keys.more = true;
        }
        Ok(keys)
    }
}

fn cell(name: &str, value: Value) -> Result<RawCell<'static>, String> {
    let word = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => {
            Err(format!("{name}: holds an object or a nested list where a value belongs"))
        }
    };
    match value {
        Value::Number(number) => Ok(RawCell::Number(number.to_string())),
        Value::Array(items) if items.len() > MAX_LIST => {
            Err(format!("{name}: has more than {MAX_LIST} entries"))
        }
        Value::Array(items) => {
            Ok(RawCell::List(items.into_iter().map(word).collect::<Result<_, _>>()?))
        }
        other => word(other).map(|text| RawCell::Text(Cow::Owned(text))),
    }
}
