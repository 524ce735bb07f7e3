//! Bodies that Slack never sent: our fixtures, bent and broken in every way that comes to mind.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::wire::{Door, interaction};

/// What Slack does send, by the address it sends it to.
pub struct Fixtures {
    of: Vec<(Door, Vec<Value>)>,
    response_url: String,
}

const FILES: [(Door, &str); 5] = [
    (Door::Commands, include_str!("../fixtures/slack/commands.json")),
    (Door::Interactions, include_str!("../fixtures/slack/clicks.json")),
    (Door::Interactions, include_str!("../fixtures/slack/forms.json")),
    (Door::Events, include_str!("../fixtures/slack/messages.json")),
    (Door::Events, include_str!("../fixtures/slack/lifecycle.json")),
];

impl Fixtures {
    /// `response_url` takes the place of Slack's own, so that all traffic stays here.
    pub fn read(response_url: &str) -> Self {
        let of = FILES.map(|(door, text)| {
            let values: Map<String, Value> = serde_json::from_str(text).unwrap();
            (door, values.into_iter().map(|(_, value)| value).collect())
        });
        Self { of: of.into(), response_url: response_url.to_owned() }
    }

    /// One as Slack would send it, under a name of its own now and then.
    fn one(&self, chance: &mut Chance) -> (Door, Value) {
        let (door, values) = &self.of[chance.below(self.of.len())];
        let mut value = values[chance.below(values.len())].clone();
        if let Some(url) = value.get_mut("response_url") {
            *url = json!(self.response_url);
        }
        if chance.percent(3) {
            let name = format!("soak.{}", chance.next());
            for field in ["trigger_id", "event_id"] {
                if let Some(id) = value.get_mut(field) {
                    *id = json!(name);
                }
            }
        }
        (*door, value)
    }

    /// A whole one, as bytes.
    pub fn whole(&self, chance: &mut Chance) -> (Door, Vec<u8>) {
        let (door, value) = self.one(chance);
        (door, bytes(door, &value))
    }

    /// A broken one.
    pub fn broken(&self, chance: &mut Chance) -> (Door, Vec<u8>) {
        let (door, mut value) = self.one(chance);
        if chance.percent(50) {
            for _ in 0..=chance.below(3) {
                bend(&mut value, chance);
            }
        }
        let mut body = bytes(door, &value);
        if chance.percent(55) {
            spoil(&mut body, chance);
        }
        // Also at a door where it does not belong.
        let door = if chance.percent(8) { Door::ALL[chance.below(3)] } else { door };
        (door, body)
    }
}

fn bytes(door: Door, value: &Value) -> Vec<u8> {
    match door {
        Door::Commands => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in value.as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                form.append_pair(name, &text);
            }
            form.finish().into_bytes()
        }
        Door::Interactions => interaction(value),
        Door::Events => value.to_string().into_bytes(),
    }
}

/// Another value somewhere inside.
fn bend(value: &mut Value, chance: &mut Chance) {
    let inner = match value {
        Value::Object(map) if !map.is_empty() && chance.percent(85) => {
            let at = chance.below(map.len());
            let name = map.keys().nth(at).cloned().unwrap_or_default();
            if chance.percent(8) {
                map.remove(&name);
                return;
            }
            map.get_mut(&name)
        }
        Value::Array(items) if !items.is_empty() && chance.percent(85) => {
            let at = chance.below(items.len());
            items.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if chance.percent(60) => bend(inner, chance),
        Some(inner) => *inner = odd(chance),
        None => *value = odd(chance),
    }
}

fn odd(chance: &mut Chance) -> Value {
    match chance.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1.5e300),
        4 => json!(u64::MAX),
        5 => json!(""),
        6 => json!([]),
        7 => json!({}),
        8 => json!("\u{0}\u{7f}\u{fffd}"),
        9 => json!("\u{202e}<!channel> <@U0ANA> 😀"),
        10 => json!("x".repeat(1 + chance.below(20_000))),
        11 => json!([[[[[null]]]]]),
        12 => json!("accept ../../etc/passwd"),
        _ => nested(1 + chance.below(100)),
    }
}

fn nested(deep: usize) -> Value {
    (0..deep).fold(
        json!("x"),
        |inner, at| if at % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) },
    )
}

/// What does not belong into a form, nor into JSON.
const STRAY: [&[u8]; 7] = [b"%", b"%2", b"%zz", b"%ff%fe", b"%00", b"&&==&", b"\xff\xfe"];

/// The bytes themselves.
fn spoil(body: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(body.len() + 1);
    match chance.below(12) {
        0 | 1 => body.truncate(at),
        2 => drop(body.drain(..at)),
        3 | 4 => flip(body, chance),
        5 => insert(body, at, STRAY[chance.below(STRAY.len())]),
        6 => insert(body, at, b"{\"a\":["),
        7 => *body = (0..chance.below(2_000)).map(|_| chance.next().to_le_bytes()[0]).collect(),
        8 => *body = deep(chance),
        9 => {
            let copy = body.clone();
            body.push(b'&');
            body.extend(copy);
        }
        10 => body.clear(),
        _ if chance.percent(2) => body.resize(1024 * 1024 + chance.below(3), b'a'),
        _ => insert(body, at, b"\\ud800\",\"type\":null"),
    }
}

fn flip(body: &mut [u8], chance: &mut Chance) {
    if body.is_empty() {
        return;
    }
    for _ in 0..=chance.below(8) {
        let at = chance.below(body.len());
        body[at] ^= 1 << chance.below(8);
    }
}

fn insert(body: &mut Vec<u8>, at: usize, what: &[u8]) {
    body.splice(at..at, what.iter().copied());
}

/// Deeper than any reader should follow.
fn deep(chance: &mut Chance) -> Vec<u8> {
    let deep = 100 + chance.below(50_000);
    let mut body = if chance.percent(50) { b"payload=".to_vec() } else { Vec::new() };
    let what: &[u8] = [&b"["[..], b"{\"a\":", b"%5B"][chance.below(3)];
    body.extend(what.repeat(deep));
    body
}

/// A request that was changed after it was signed: body, stamp and signature as sent.
pub struct Forged {
    pub body: Vec<u8>,
    pub stamp: String,
    pub sign: String,
}

/// Breaks the bond between body and signature.
pub fn forge(body: &[u8], stamp: i64, chance: &mut Chance) -> Forged {
    use crate::wire::{SECRET, signature};
    let text = stamp.to_string();
    let good = signature(SECRET, &text, body);
    let mut forged = Forged { body: body.to_vec(), stamp: text.clone(), sign: good.clone() };
    match chance.below(10) {
        0 => forged.body.push(b'&'),
        1 => {
            let at = chance.below(body.len());
            forged.body[at] ^= 1 << chance.below(8);
        }
        2 => forged.body.truncate(chance.below(body.len())),
        3 => forged.sign = signature("8f742231b10e8888abcd99yyyzzz85a6", &text, body),
        4 => forged.sign = signature("", &text, body),
        5 => forged.stamp = (stamp - 1).to_string(),
        6 => {
            // One digit of the signature.
            let at = 3 + chance.below(64);
            let digit = if good.as_bytes()[at] == b'0' { "1" } else { "0" };
            forged.sign.replace_range(at..=at, digit);
        }
        7 => forged.sign.truncate(good.len() - 2 * (1 + chance.below(31))),
        8 => forged.sign = format!("v0={}", "0".repeat(64)),
        _ => {
            let old = (stamp - 301 - i64::from(chance.next().to_le_bytes()[0])).to_string();
            (forged.sign, forged.stamp) = (signature(SECRET, &old, body), old);
        }
    }
    forged
}
