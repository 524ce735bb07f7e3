//! A card as Block Kit.
//!
//! Data stands only in `plain_text` and `rich_text` text elements, where nothing in it is active.
//! What is too long is split where Slack allows it and shortened where not: first to the limits of
//! each block, then, when the whole message is too long, every longer piece a little more.

use serde_json::{Map, Value, json};

use super::limits;
use super::markup;
use super::rich::{self, Ink, Style};
use super::table::{self, Grid};
use crate::conversation::card::{Button, Card, Change, Confirm, Look, Part, Table, Text};

/// What a message needs of `chat.postMessage` and its like.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// For notifications and screen readers.
    pub text: String,
    pub blocks: Vec<Value>,
}

/// What cannot be made to fit without breaking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("button_value_too_long")]
    ButtonValue,
    #[error("form_token_too_long")]
    FormToken,
    #[error("form_has_too_many_fields")]
    FormFields,
    #[error("form_field_name_not_usable")]
    FieldName,
    #[error("form_field_value_too_long")]
    FieldValue,
    #[error("form_choice_not_usable")]
    Choice,
}

/// How hard a message is pressed: the longest piece of data, and the most rows of a table.
const SQUEEZES: [(usize, usize); 6] =
    [(usize::MAX, usize::MAX), (2_000, 99), (700, 60), (250, 30), (90, 12), (40, 5)];

/// Turns cards into messages.
#[derive(Clone, Debug, Default)]
pub struct Renderer {
    pub(super) ink: Ink,
}

impl Renderer {
    /// Links lead to the host of `public_url` or nowhere.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        Self { ink: Ink::new(public_url) }
    }

    pub fn message(&self, card: &Card) -> Result<Message, Unfit> {
        self.message_within(card, limits::MESSAGE_TEXT)
    }

    /// A message that shows at most so much text.
    pub fn message_within(&self, card: &Card, room: usize) -> Result<Message, Unfit> {
        let mut blocks = Vec::new();
        for (longest, rows) in SQUEEZES {
            blocks = Layout::new(self.ink.no_longer_than(longest), rows).lay_out(card)?;
            if shown(&blocks) <= room && blocks.len() <= limits::BLOCKS {
                break;
            }
        }
        if shown(&blocks) > room || blocks.len() > limits::BLOCKS {
            blocks = curtailed(blocks, room);
        }
        number(&mut blocks);
        Ok(Message { text: self.fallback(card), blocks })
    }

    /// Words with emphasis as the only block of something.
    #[must_use]
    pub fn words(&self, text: &Text) -> Vec<Value> {
        let line = self.ink.runs(text);
        if line.is_empty() { Vec::new() } else { vec![rich::block(vec![rich::section(line)])] }
    }

    fn fallback(&self, card: &Card) -> String {
        let words = if card.fallback.is_empty() { card.words() } else { card.fallback.clone() };
        let words = self.ink.inert(&words);
        match limits::shortened(words.trim(), limits::FALLBACK) {
            text if text.is_empty() => "…".to_owned(),
            text => markup::escaped(&text),
        }
    }
}

/// One try at a message.
struct Layout {
    ink: Ink,
    rows: usize,
    blocks: Vec<Value>,
    buttons: usize,
    has_table: bool,
}

impl Layout {
    fn new(ink: Ink, rows: usize) -> Self {
        Self { ink, rows, blocks: Vec::new(), buttons: 0, has_table: false }
    }

    fn lay_out(mut self, card: &Card) -> Result<Vec<Value>, Unfit> {
        for part in &card.parts {
            self.part(part)?;
        }
        if self.blocks.len() > limits::BLOCKS {
            self.blocks = merged(self.blocks);
        }
        Ok(self.blocks)
    }

    fn part(&mut self, part: &Part) -> Result<(), Unfit> {
        match part {
            Part::Heading(text) => self.heading(text),
            Part::Text(text) => self.lines(vec![self.ink.runs(text)]),
            Part::Facts(facts) => {
                let label = |label: &str| self.ink.text(&format!("{label}: "), Style::Bold);
                let line =
                    |(name, value): (&str, &Text)| [label(name), self.ink.runs(value)].concat();
                let facts = facts.iter().map(|fact| (fact.label.as_str(), &fact.value));
                self.lines(facts.map(line).collect());
            }
            Part::Table(table) => self.table(table),
            Part::Changes(changes) => {
                self.lines(changes.iter().map(|change| self.change(change)).collect());
            }
            Part::Chart(chart) => self.table(&table::of_chart(chart)),
            Part::Context(text) => self.context(text),
            Part::Buttons(buttons) => self.actions(buttons)?,
            Part::Divider => self.blocks.push(json!({ "type": "divider" })),
        }
        Ok(())
    }

    /// The header, and below it what does not fit into one.
    fn heading(&mut self, text: &str) {
        let text = self.ink.inert(text);
        let mut pieces = limits::pieces(text.trim(), limits::HEADER).into_iter();
        if let Some(first) = pieces.next() {
            self.blocks.push(json!({ "type": "header", "text": plain(first) }));
        }
        let rest = pieces.collect::<String>();
        self.lines(vec![self.ink.text(&rest, Style::Bold)]);
    }

    fn lines(&mut self, lines: Vec<Vec<Value>>) {
        let lines: Vec<Value> =
            lines.into_iter().filter(|line| !line.is_empty()).map(rich::section).collect();
        if !lines.is_empty() {
            self.blocks.push(rich::block(lines));
        }
    }

    fn change(&self, change: &Change) -> Vec<Value> {
        let mut line = self.ink.text(&change.label, Style::Bold);
        let say = |line: &mut Vec<Value>, sign: &str, data: &str, style| {
            line.extend(self.ink.text(sign, Style::Plain));
            let shown = if data.trim().is_empty() { "—" } else { data };
            let style = if shown == data { style } else { Style::Plain };
            line.extend(self.ink.text(shown, style));
        };
        if change.added.is_empty() && change.removed.is_empty() {
            say(&mut line, "\n", &change.before, Style::Strike);
            say(&mut line, " → ", &change.after, Style::Bold);
        }
        change.added.iter().for_each(|item| say(&mut line, "\n+ ", item, Style::Bold));
        change.removed.iter().for_each(|item| say(&mut line, "\n− ", item, Style::Strike));
        line
    }

    fn table(&mut self, table: &Table) {
        let grid = Grid::new(&self.ink, table, self.rows);
        let blocks = if !self.has_table && grid.fits_natively() {
            self.has_table = true;
            grid.native(&self.ink)
        } else {
            grid.in_fixed_width(&self.ink)
        };
        self.blocks.extend(blocks);
    }

    /// Small print, which Slack has only for plain words.
    fn context(&mut self, text: &Text) {
        use crate::conversation::card::Run;
        let live =
            |run: &Run| matches!(run, Run::Person { .. } | Run::Channel { .. } | Run::Link { .. });
        if text.0.iter().any(live) {
            return self.lines(vec![self.ink.runs(text)]);
        }
        let words = text.0.iter().map(|run| self.ink.inert(run.words())).collect::<String>();
        let pieces = limits::pieces(words.trim(), limits::CONTEXT_TEXT);
        for pieces in pieces.chunks(limits::CONTEXT_ELEMENTS) {
            let elements: Vec<Value> = pieces.iter().map(|piece| plain(piece)).collect();
            self.blocks.push(json!({ "type": "context", "elements": elements }));
        }
    }

    fn actions(&mut self, buttons: &[Button]) -> Result<(), Unfit> {
        for buttons in buttons.chunks(limits::ACTIONS) {
            let mut elements = Vec::with_capacity(buttons.len());
            for button in buttons {
                elements.push(self.button(button)?);
            }
            self.blocks.push(json!({ "type": "actions", "elements": elements }));
        }
        Ok(())
    }

    fn button(&mut self, button: &Button) -> Result<Value, Unfit> {
        if limits::length(&button.value) > limits::BUTTON_VALUE {
            return Err(Unfit::ButtonValue);
        }
        let mut made = Map::new();
        made.insert("type".to_owned(), json!("button"));
        made.insert("action_id".to_owned(), json!(format!("b{}", self.buttons)));
        made.insert("text".to_owned(), self.label(&button.label, limits::BUTTON_LABEL));
        made.insert("value".to_owned(), json!(button.value));
        match button.look {
            Look::Plain => None,
            Look::Primary => made.insert("style".to_owned(), json!("primary")),
            Look::Danger => made.insert("style".to_owned(), json!("danger")),
        };
        if let Some(confirm) = &button.confirm {
            made.insert("confirm".to_owned(), self.confirm(confirm));
        }
        self.buttons += 1;
        Ok(Value::Object(made))
    }

    fn confirm(&self, confirm: &Confirm) -> Value {
        json!({
            "title": self.label(&confirm.title, limits::CONFIRM_TITLE),
            "text": self.label(&confirm.text, limits::CONFIRM_TEXT),
            "confirm": self.label(&confirm.yes, limits::CONFIRM_BUTTON),
            "deny": self.label(&confirm.no, limits::CONFIRM_BUTTON),
        })
    }

    fn label(&self, data: &str, limit: usize) -> Value {
        label(&self.ink, data, limit)
    }
}

/// Plain words of at most `limit`.
pub(super) fn label(ink: &Ink, data: &str, limit: usize) -> Value {
    let text = ink.inert(data);
    let text = limits::shortened(text.trim(), limit);
    plain(if text.is_empty() { "…" } else { &text })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

/// Fewer blocks, saying the same: neighbours of one kind become one, lines between parts go.
fn merged(blocks: Vec<Value>) -> Vec<Value> {
    let mut fewer: Vec<Value> = Vec::new();
    for block in blocks.into_iter().filter(|block| block["type"] != "divider") {
        let most = match block["type"].as_str() {
            Some("rich_text") => usize::MAX,
            Some("actions") => limits::ACTIONS,
            Some("context") => limits::CONTEXT_ELEMENTS,
            _ => 0,
        };
        let same = |last: &&mut Value| last["type"] == block["type"] && many(last) > 0;
        let last = fewer.last_mut().filter(same).filter(|last| many(last) + many(&block) <= most);
        match last.and_then(|last| last["elements"].as_array_mut()) {
            Some(elements) => {
                elements.extend(block["elements"].as_array().into_iter().flatten().cloned());
            }
            None => fewer.push(block),
        }
    }
    fewer
}

fn many(block: &Value) -> usize {
    block["elements"].as_array().map_or(0, Vec::len)
}

/// The last resort: what stands late goes, the buttons stay, and a line says so.
fn curtailed(blocks: Vec<Value>, most: usize) -> Vec<Value> {
    let all = blocks.len();
    let (actions, others): (Vec<_>, Vec<_>) =
        blocks.into_iter().enumerate().partition(|(_, block)| block["type"] == "actions");
    let mut kept: Vec<(usize, Value)> = actions.into_iter().take(limits::BLOCKS - 2).collect();
    let mut room = most.saturating_sub(100);
    room =
        room.saturating_sub(kept.iter().map(|(_, block)| shown(std::slice::from_ref(block))).sum());
    for (at, block) in others {
        let needs = shown(std::slice::from_ref(&block));
        if kept.len() < limits::BLOCKS - 1 && needs <= room {
            room -= needs;
            kept.push((at, block));
        }
    }
    kept.sort_by_key(|(at, _)| *at);
    let left_out = all - kept.len();
    let mut blocks: Vec<Value> = kept.into_iter().map(|(_, block)| block).collect();
    let words = format!("… {left_out} more parts do not fit here");
    blocks.push(json!({ "type": "context", "elements": [plain(&words)] }));
    blocks
}

/// Names every block, each once.
fn number(blocks: &mut [Value]) {
    for (at, block) in blocks.iter_mut().enumerate() {
        block["block_id"] = json!(format!("p{at}"));
    }
}

/// How much text people see in these blocks.
fn shown(blocks: &[Value]) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::Object(map) => {
                let own = map.get("text").and_then(Value::as_str).map_or(0, limits::length);
                own + map.values().map(of).sum::<usize>()
            }
            Value::Array(items) => items.iter().map(of).sum(),
            _ => 0,
        }
    }
    blocks.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::conversation::card::{Align, Chart, Column, Fact, Run, Series};

    const OURS: &str = "https://attache.northwind.example";

    fn rendered(card: &Card) -> Message {
        let message = Renderer::new(OURS).message(card).unwrap();
        check(&message);
        message
    }

    fn with(part: Part) -> Message {
        rendered(&Card::new("A card").with(part))
    }

    fn kinds(message: &Message) -> Vec<&str> {
        message.blocks.iter().map(|block| block["type"].as_str().unwrap()).collect()
    }

    /// All text that people see, in order.
    fn seen(blocks: &[Value]) -> String {
        fn walk(value: &Value, seen: &mut String) {
            match value {
                Value::Object(map) => {
                    if let Some(text) = map.get("text").and_then(Value::as_str) {
                        seen.push_str(text);
                    }
                    map.values().for_each(|value| walk(value, seen));
                }
                Value::Array(items) => items.iter().for_each(|item| walk(item, seen)),
                _ => {}
            }
        }
        let mut text = String::new();
        for block in blocks {
            walk(block, &mut text);
        }
        text
    }

    fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
        value[name].as_array().map_or(&[], Vec::as_slice)
    }

    fn long(value: &Value) -> usize {
        limits::length(value.as_str().unwrap())
    }

    fn plain_within(text: &Value, limit: usize) {
        assert_eq!(text["type"], "plain_text");
        assert_eq!(text["emoji"], false);
        assert!((1..=limit).contains(&long(&text["text"])), "{text}");
    }

    /// Every limit of Slack's that a message of ours can meet.
    fn check(message: &Message) {
        assert!(!message.text.is_empty() && limits::length(&message.text) <= 4_000);
        assert!(!message.text.contains(['<', '>']));
        assert!(message.blocks.len() <= limits::BLOCKS, "{} blocks", message.blocks.len());
        assert!(shown(&message.blocks) <= limits::MESSAGE_TEXT);
        let tables = message.blocks.iter().filter(|block| block["type"] == "table");
        assert!(tables.count() <= 1);
        let mut ids = BTreeSet::new();
        for block in &message.blocks {
            assert!(ids.insert(block["block_id"].to_string()));
            match block["type"].as_str().unwrap() {
                "header" => {
                    plain_within(&block["text"], limits::HEADER);
                    assert_eq!(block.as_object().unwrap().len(), 3, "{block}");
                }
                "context" => {
                    let elements = array(block, "elements");
                    assert!((1..=limits::CONTEXT_ELEMENTS).contains(&elements.len()));
                    for text in elements {
                        plain_within(text, limits::CONTEXT_TEXT);
                    }
                }
                "actions" => {
                    let elements = array(block, "elements");
                    assert!((1..=limits::ACTIONS).contains(&elements.len()));
                    for button in elements {
                        assert!(ids.insert(format!("action {}", button["action_id"])));
                        plain_within(&button["text"], limits::BUTTON_LABEL);
                        assert!(long(&button["value"]) <= limits::BUTTON_VALUE);
                    }
                }
                "table" => check_table(block),
                "rich_text" => check_rich(block),
                "divider" => {}
                other => panic!("a block of type {other}"),
            }
        }
    }

    fn check_table(block: &Value) {
        let rows = array(block, "rows");
        assert!((1..=limits::TABLE_ROWS).contains(&rows.len()));
        let cells: Vec<&Value> = rows.iter().flat_map(|row| row.as_array().unwrap()).collect();
        assert!(rows.iter().all(|row| row.as_array().unwrap().len() <= limits::TABLE_COLUMNS));
        assert!(array(block, "column_settings").len() <= limits::TABLE_COLUMNS);
        assert!(cells.iter().all(|cell| cell["type"] == "raw_text" && long(&cell["text"]) > 0));
        let text: usize = cells.iter().map(|cell| long(&cell["text"])).sum();
        assert!(text <= limits::TABLE_TEXT);
    }

    fn check_rich(block: &Value) {
        let lines = array(block, "elements");
        assert!(!lines.is_empty());
        for element in lines.iter().flat_map(|line| array(line, "elements")) {
            match element["type"].as_str().unwrap() {
                "text" => assert!((1..=limits::TEXT).contains(&long(&element["text"]))),
                "link" => assert!(element["url"].as_str().unwrap().starts_with(OURS)),
                "user" => assert!(element["user_id"].as_str().unwrap().starts_with('U')),
                other => panic!("an element of type {other}"),
            }
        }
    }

    fn text(of: usize) -> String {
        "word ".repeat(of / 5 + 1)[..of].trim_end().to_owned()
            + if of.is_multiple_of(5) { "." } else { "" }
    }

    fn button(label: &str, value: &str) -> Button {
        Button {
            label: label.to_owned(),
            value: value.to_owned(),
            look: Look::Plain,
            opens_form: false,
            confirm: None,
        }
    }

    fn table(rows: usize, columns: usize, cell: &str) -> Table {
        let column = |at| Column { title: format!("c{at}"), align: Align::Left };
        Table {
            caption: "Partners".to_owned(),
            columns: (0..columns).map(column).collect(),
            rows: vec![vec![cell.to_owned(); columns]; rows],
        }
    }

    #[test]
    fn a_heading_of_150_is_one_header_and_a_longer_one_goes_on_below() {
        let fits = "h".repeat(limits::HEADER);
        assert_eq!(kinds(&with(Part::Heading(fits))), ["header"]);
        let long = text(limits::HEADER + 40);
        let message = with(Part::Heading(long.clone()));
        assert_eq!(kinds(&message), ["header", "rich_text"]);
        assert_eq!(seen(&message.blocks), long);
    }

    #[test]
    fn text_over_3000_is_split_and_nothing_of_it_is_lost() {
        for size in [limits::TEXT, limits::TEXT + 1, 3 * limits::TEXT] {
            let words = text(size);
            let message = with(Part::Text(Text::plain(words.clone())));
            assert_eq!(seen(&message.blocks), words);
            let elements = array(&message.blocks[0]["elements"][0], "elements").len();
            assert_eq!(elements, size.div_ceil(limits::TEXT));
        }
    }

    #[test]
    fn small_print_over_2000_is_split_into_more_elements() {
        let message = with(Part::Context(text(limits::CONTEXT_TEXT + 1).into()));
        assert_eq!(array(&message.blocks[0], "elements").len(), 2);
        let person = Run::Person { user: "U0ANA".to_owned(), name: "Ana".to_owned() };
        let message = with(Part::Context(Text::plain("Asked for by ").and(person)));
        assert_eq!(kinds(&message), ["rich_text"]);
    }

    #[test]
    fn the_26th_button_starts_a_second_row_and_every_action_has_its_own_name() {
        let buttons = |count| (0..count).map(|at| button(&format!("B{at}"), "v")).collect();
        assert_eq!(kinds(&with(Part::Buttons(buttons(limits::ACTIONS)))), ["actions"]);
        let message = with(Part::Buttons(buttons(limits::ACTIONS + 1)));
        assert_eq!(kinds(&message), ["actions", "actions"]);
        assert_eq!(message.blocks[1]["elements"][0]["action_id"], "b25");
    }

    #[test]
    fn a_label_of_76_is_shortened_and_a_value_over_2000_is_refused() {
        let message = with(Part::Buttons(vec![button(&"l".repeat(76), &"v".repeat(2_000))]));
        let label = message.blocks[0]["elements"][0]["text"]["text"].as_str().unwrap().to_owned();
        assert_eq!((limits::length(&label), label.ends_with('…')), (75, true));
        let over = Card::new("A card").buttons(vec![button("Accept", &"v".repeat(2_001))]);
        assert_eq!(Renderer::default().message(&over), Err(Unfit::ButtonValue));
    }

    #[test]
    fn looks_and_confirmations_are_kept() {
        let confirm = Confirm {
            title: "t".repeat(101),
            text: "x".repeat(301),
            yes: "y".repeat(31),
            no: "No".to_owned(),
        };
        let discard =
            Button { look: Look::Danger, confirm: Some(confirm), ..button("Discard", "discard:1") };
        let message = with(Part::Buttons(vec![discard]));
        let made = &message.blocks[0]["elements"][0];
        assert_eq!(made["style"], "danger");
        plain_within(&made["confirm"]["title"], limits::CONFIRM_TITLE);
        plain_within(&made["confirm"]["text"], limits::CONFIRM_TEXT);
        plain_within(&made["confirm"]["confirm"], limits::CONFIRM_BUTTON);
        assert_eq!(made["confirm"]["deny"]["text"], "No");
    }

    #[test]
    fn a_table_at_slacks_limits_is_native_and_beyond_them_in_fixed_width() {
        for (rows, columns, native) in
            [(99, 20, true), (100, 20, false), (99, 21, false), (1, 1, true), (0, 2, true)]
        {
            let message = with(Part::Table(table(rows, columns, "x")));
            let has = kinds(&message).contains(&"table");
            assert_eq!(has, native, "{rows} rows, {columns} columns");
        }
        let wide = |cell| with(Part::Table(table(1, 1, &"x".repeat(cell))));
        assert!(kinds(&wide(limits::TABLE_TEXT - 2)).contains(&"table"));
        assert!(!kinds(&wide(limits::TABLE_TEXT - 1)).contains(&"table"));
    }

    #[test]
    fn the_second_table_of_a_message_is_in_fixed_width() {
        let card = Card::new("Two").with(Part::Table(table(2, 2, "x")));
        let message = rendered(&card.with(Part::Table(table(2, 2, "y"))));
        assert_eq!(kinds(&message), ["rich_text", "table", "rich_text", "rich_text"]);
        let words = seen(&message.blocks);
        assert!(words.contains("y   y"), "{words}");
    }

    #[test]
    fn a_table_far_too_long_says_how_many_rows_are_left_out() {
        let message = with(Part::Table(table(2_000, 4, "a partner with a name")));
        assert!(seen(&message.blocks).contains("more rows"));
    }

    #[test]
    fn empty_cells_and_short_rows_are_filled() {
        let mut ragged = table(1, 2, "");
        ragged.rows.push(vec!["only".to_owned()]);
        let message = with(Part::Table(ragged));
        let rows = array(&message.blocks[1], "rows");
        assert_eq!(rows[1][0]["text"], "–");
        assert_eq!(
            (rows[2][0]["text"].as_str(), rows[2][1]["text"].as_str()),
            (Some("only"), Some("–"))
        );
    }

    #[test]
    fn a_chart_is_a_table_of_its_figures() {
        let chart = Chart {
            title: "Sourced pipeline".to_owned(),
            unit: "USD".to_owned(),
            categories: vec!["FY26 Q1".to_owned(), "FY26 Q2".to_owned()],
            series: vec![Series {
                name: "Sourced".to_owned(),
                values: vec![Some(1_200_000), None],
            }],
        };
        let message = with(Part::Chart(chart));
        let words = seen(&message.blocks);
        assert_eq!(words, "Sourced pipelineUSDSourcedFY26 Q11,200,000FY26 Q2–");
    }

    #[test]
    fn changes_show_what_goes_struck_and_what_comes_bold() {
        let change = |label: &str, before: &str, after: &str| Change {
            label: label.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            ..Change::default()
        };
        let list = Change {
            label: "Regions".to_owned(),
            added: vec!["Nordics".to_owned()],
            removed: vec!["Iberia".to_owned()],
            ..Change::default()
        };
        let changes = vec![change("Size", "200–2,000", "50–500"), change("Note", "", "new"), list];
        let message = with(Part::Changes(changes));
        let lines = array(&message.blocks[0], "elements");
        let styled =
            |line: usize, at: usize, style: &str| &lines[line]["elements"][at]["style"][style];
        assert_eq!(styled(0, 2, "strike"), &json!(true));
        assert_eq!(styled(0, 4, "bold"), &json!(true));
        assert_eq!(lines[1]["elements"][2], json!({ "type": "text", "text": "—" }));
        assert_eq!(styled(2, 2, "bold"), &json!(true));
        assert_eq!(styled(2, 4, "strike"), &json!(true));
        let words = "Size\n200–2,000 → 50–500Note\n— → newRegions\n+ Nordics\n− Iberia";
        assert_eq!(seen(&message.blocks), words);
    }

    #[test]
    fn facts_stand_one_to_a_line_with_their_labels_bold() {
        let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: value.into() };
        let message = with(Part::Facts(vec![fact("Revision", "14"), fact("Status", "open")]));
        assert_eq!(array(&message.blocks[0], "elements").len(), 2);
        assert_eq!(seen(&message.blocks), "Revision: 14Status: open");
    }

    #[test]
    fn sixty_parts_become_at_most_fifty_blocks_and_all_are_there() {
        let mut card = Card::new("Long");
        for at in 0..60 {
            card = card.text(format!("part {at}. ")).with(Part::Divider);
        }
        let message = rendered(&card.buttons(vec![button("Accept", "a")]));
        let words = seen(&message.blocks);
        assert!((0..60).all(|at| words.contains(&format!("part {at}. "))));
        assert!(words.ends_with("Accept"));
    }

    #[test]
    fn headings_beside_each_other_stay_apart_however_many_there_are() {
        let mut card = Card::new("Headings");
        for at in 0..40 {
            card = card.heading(format!("heading {at}. ")).with(Part::Divider);
        }
        let message = rendered(&card);
        assert!(kinds(&message).iter().all(|kind| *kind == "header"));
        assert_eq!(message.blocks.len(), 40);
    }

    #[test]
    fn a_message_far_too_long_keeps_its_buttons_and_its_start() {
        let mut card = Card::new("Endless").heading("What this is");
        for at in 0..400 {
            card = card.heading(format!("Heading {at}")).text("x".repeat(500));
        }
        let message = rendered(&card.buttons(vec![button("Accept", "a")]));
        let words = seen(&message.blocks);
        assert!(words.starts_with("What this is"));
        assert!(words.contains("Accept") && words.contains("more parts do not fit here"));
    }

    #[test]
    fn the_fallback_is_short_and_escaped() {
        let message = rendered(&Card::new("<!channel> & more".repeat(200)).text("x"));
        assert!(message.text.starts_with("&lt;!channel&gt; &amp; more"));
        assert_eq!(rendered(&Card::new("").text("the words")).text, "the words");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let attack = prop::sample::select(vec![
            "<!channel>",
            "<!here>",
            "<@U0BEN>",
            "<#C0LEAD>",
            "<https://evil.example|Accept>",
            "https://evil.example/x?d=1",
            "*bold*",
            "`code`",
            "```",
            ":tada:",
            "&lt;!channel&gt;",
            "@channel",
            "<!date^1^{date}|x>",
            "\u{202E}",
            "\u{200B}",
            "\u{E0041}",
            "\0",
            "\"}]}",
            "\\",
            "🦀",
            "e\u{301}",
            "",
            " ",
        ]);
        let attack = attack.prop_map(str::to_owned);
        let long = (0..4_000_usize).prop_map(|size| "a long word ".repeat(size / 12));
        let piece = prop_oneof![4 => attack, 2 => "\\PC{0,20}", 1 => long];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
    }

    fn part() -> impl Strategy<Value = Part> {
        let run = prop_oneof![
            hostile().prop_map(Run::Plain),
            hostile().prop_map(Run::Struck),
            (hostile(), hostile()).prop_map(|(label, url)| Run::Link { label, url }),
            (hostile(), hostile()).prop_map(|(user, name)| Run::Person { user, name }),
        ];
        let words = prop::collection::vec(run, 0..4).prop_map(Text);
        let rows = prop::collection::vec(prop::collection::vec(hostile(), 0..4), 0..5);
        prop_oneof![
            hostile().prop_map(Part::Heading),
            words.clone().prop_map(Part::Text),
            words.clone().prop_map(Part::Context),
            (hostile(), words).prop_map(|(label, value)| Part::Facts(vec![Fact { label, value }])),
            (hostile(), rows).prop_map(|(caption, rows)| Part::Table(Table {
                caption,
                columns: vec![Column { title: String::new(), align: Align::Right }],
                rows,
            })),
            (hostile(), hostile(), hostile(), prop::collection::vec(hostile(), 0..2)).prop_map(
                |(label, before, after, added)| Part::Changes(vec![Change {
                    label,
                    before,
                    after,
                    added,
                    removed: Vec::new(),
                }]),
            ),
            hostile().prop_map(|label| Part::Buttons(vec![button(&label, "value")])),
            Just(Part::Divider),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_data_makes_a_mention_a_link_or_a_message_slack_would_refuse(
            fallback in hostile(),
            parts in prop::collection::vec(part(), 0..60),
        ) {
            let message = Renderer::new(OURS).message(&Card { fallback, parts, ..Card::default() }).unwrap();
            check(&message);
            let json = serde_json::to_string(&message.blocks).unwrap();
            for active in ["\"type\":\"link\"", "\"type\":\"user\"", "\"type\":\"mrkdwn\"", "broadcast"] {
                prop_assert!(!json.contains(active), "{active}");
            }
            prop_assert!(!seen(&message.blocks).contains("://") && !message.text.contains("://"));
        }
    }
}
