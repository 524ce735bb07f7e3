//! A form as a modal view.

use serde_json::{Map, Value, json};

use super::limits;
use super::render::{Renderer, Unfit, label};
use super::rich::Ink;
use super::split;
use crate::conversation::form::{FieldKind, Form, FormField};

/// The one input in each block.
const INPUT: &str = "v";
/// How much of a long value stands in one input at first: there is room to write.
const PART: usize = 2_500;
/// Marks views that we opened.
const CALLBACK: &str = "attache";

impl Renderer {
    /// The view of `views.open`. Its token comes back as `private_metadata`, its fields under their
    /// names.
    pub fn form(&self, form: &Form) -> Result<Value, Unfit> {
        if limits::length(&form.token) > limits::FORM_TOKEN {
            return Err(Unfit::FormToken);
        }
        let mut blocks = form.intro.as_ref().map(|intro| self.words(intro)).unwrap_or_default();
        for (at, field) in form.fields.iter().enumerate() {
            let taken = form.fields[..at].iter().any(|earlier| earlier.name == field.name);
            if taken || field.name.is_empty() || limits::length(&field.name) > limits::BLOCK_ID {
                return Err(Unfit::FieldName);
            }
            for part in parts(field) {
                blocks.push(input(&self.ink, &part)?);
            }
        }
        if form.fields.is_empty() || blocks.len() > limits::FORM_BLOCKS {
            return Err(Unfit::FormFields);
        }
        Ok(json!({
            "type": "modal",
            "callback_id": CALLBACK,
            "title": label(&self.ink, &form.title, limits::FORM_TITLE),
            "submit": label(&self.ink, &form.submit, limits::FORM_TITLE),
            "close": label(&self.ink, "Cancel", limits::FORM_TITLE),
            "private_metadata": form.token,
            "blocks": blocks,
        }))
    }
}

/// A field as the inputs that hold it: one, or as many as it takes where more stands in it than one
/// can hold.
fn parts(field: &FormField) -> Vec<FormField> {
    if field.kind != FieldKind::Paragraph || limits::length(&field.value) <= limits::INPUT {
        return vec![field.clone()];
    }
    let parts = split::apart(&field.value, PART);
    let many = parts.len();
    let part = |(at, part): (usize, split::Part<'_>)| FormField {
        name: if at == 0 { field.name.clone() } else { split::name(&field.name, at, part.joint) },
        label: format!("{} ({} of {many})", field.label, at + 1),
        hint: field.hint.clone().filter(|_| at == 0),
        value: part.text.to_owned(),
        required: field.required && at == 0,
        longest: limits::INPUT,
        kind: FieldKind::Paragraph,
    };
    parts.into_iter().enumerate().map(part).collect()
}

fn input(ink: &Ink, field: &FormField) -> Result<Value, Unfit> {
    let mut block = Map::new();
    block.insert("type".to_owned(), json!("input"));
    block.insert("block_id".to_owned(), json!(field.name));
    block.insert("label".to_owned(), label(ink, &field.label, limits::LABEL));
    block.insert("optional".to_owned(), json!(!field.required));
    if let Some(hint) = field.hint.as_deref().filter(|hint| !hint.trim().is_empty()) {
        block.insert("hint".to_owned(), label(ink, hint, limits::LABEL));
    }
    let element = match &field.kind {
        FieldKind::Line => text(field, false)?,
        FieldKind::Paragraph => text(field, true)?,
        FieldKind::Choice(choices) => select(ink, field, choices)?,
    };
    block.insert("element".to_owned(), element);
    Ok(Value::Object(block))
}

/// What stands there at first is the person's to edit, so it is never shortened nor cleaned.
fn text(field: &FormField, multiline: bool) -> Result<Value, Unfit> {
    let long = limits::length(&field.value);
    if long > limits::INPUT {
        return Err(Unfit::FieldValue);
    }
    let longest = field.longest.max(long).clamp(1, limits::INPUT);
    let mut element = json!({
        "type": "plain_text_input",
        "action_id": INPUT,
        "multiline": multiline,
        "max_length": longest,
    });
    if !field.value.is_empty() {
        element["initial_value"] = json!(field.value);
    }
    Ok(element)
}

fn select(ink: &Ink, field: &FormField, choices: &[(String, String)]) -> Result<Value, Unfit> {
    let usable = |value: &str| !value.is_empty() && limits::length(value) <= limits::OPTION;
    let too_many = choices.len() > limits::OPTIONS * limits::OPTIONS;
    if choices.is_empty() || too_many || !choices.iter().all(|(value, _)| usable(value)) {
        return Err(Unfit::Choice);
    }
    let option = |(value, shown): &(String, String)| json!({ "text": label(ink, shown, limits::OPTION), "value": value });
    let mut element = json!({ "type": "static_select", "action_id": INPUT });
    if choices.len() <= limits::OPTIONS {
        element["options"] = choices.iter().map(option).collect();
    } else {
        let group = |(at, choices): (usize, &[(String, String)])| {
            let from = at * limits::OPTIONS + 1;
            let range = format!("{from}–{}", from + choices.len() - 1);
            let options: Vec<Value> = choices.iter().map(option).collect();
            json!({ "label": label(ink, &range, limits::OPTION), "options": options })
        };
        element["option_groups"] = choices.chunks(limits::OPTIONS).enumerate().map(group).collect();
    }
    if let Some(chosen) = choices.iter().find(|(value, _)| *value == field.value) {
        element["initial_option"] = option(chosen);
    }
    Ok(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> FormField {
        FormField {
            name: name.to_owned(),
            label: "What should change?".to_owned(),
            hint: None,
            kind,
            value: String::new(),
            required: true,
            longest: 500,
        }
    }

    fn form(fields: Vec<FormField>) -> Form {
        Form {
            token: "refine:1".to_owned(),
            title: "Refine".to_owned(),
            submit: "Send".to_owned(),
            intro: None,
            fields,
        }
    }

    fn view(form: &Form) -> Result<Value, Unfit> {
        Renderer::default().form(form)
    }

    fn choices(count: usize) -> FieldKind {
        FieldKind::Choice((0..count).map(|at| (format!("v{at}"), format!("Choice {at}"))).collect())
    }

    #[test]
    fn a_form_carries_its_token_and_each_field_under_its_name() {
        let mut request = field("request", FieldKind::Paragraph);
        request.value = "as it is".to_owned();
        request.hint = Some("One sentence is enough.".to_owned());
        let made = view(&form(vec![request, field("kind", choices(3))])).unwrap();
        assert_eq!(made["private_metadata"], "refine:1");
        let input = &made["blocks"][0];
        assert_eq!((&input["block_id"], &input["optional"]), (&json!("request"), &json!(false)));
        assert_eq!(input["element"]["initial_value"], "as it is");
        assert_eq!(
            (&input["element"]["multiline"], &input["element"]["max_length"]),
            (&json!(true), &json!(500))
        );
        assert_eq!(made["blocks"][1]["element"]["options"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn titles_over_24_are_shortened() {
        let mut long = form(vec![field("a", FieldKind::Line)]);
        long.title = "Set up your partner strategy".to_owned();
        let made = view(&long).unwrap();
        assert_eq!(made["title"]["text"], "Set up your partner str…");
        let mut fits = long;
        fits.title = "t".repeat(24);
        assert_eq!(view(&fits).unwrap()["title"]["text"], fits.title);
    }

    #[test]
    fn a_value_longer_than_its_limit_is_kept_whole_and_one_over_3000_takes_several_inputs() {
        let mut text = field("a", FieldKind::Paragraph);
        text.value = "x".repeat(800);
        let made = view(&form(vec![text.clone()])).unwrap();
        assert_eq!(made["blocks"][0]["element"]["max_length"], 800);
        text.value = "x".repeat(limits::INPUT);
        assert_eq!(view(&form(vec![text.clone()])).unwrap()["blocks"].as_array().unwrap().len(), 1);
        text.value = format!("{}\n{}", "x".repeat(1_999), "y".repeat(limits::INPUT));
        let made = view(&form(vec![text.clone()])).unwrap();
        let blocks = made["blocks"].as_array().unwrap();
        let names: Vec<_> = blocks.iter().map(|block| &block["block_id"]).collect();
        assert_eq!(names, ["a", "a~2n", "a~3-"]);
        assert_eq!(blocks[1]["label"]["text"], "What should change? (2 of 3)");
        assert_eq!(blocks[1]["optional"], true);
        assert_eq!(blocks[2]["element"]["max_length"], limits::INPUT);
        text.value = "x".repeat(PART * limits::FORM_BLOCKS + 1);
        assert_eq!(view(&form(vec![text.clone()])), Err(Unfit::FormFields));
        let line = FormField { kind: FieldKind::Line, ..text };
        assert_eq!(view(&form(vec![line])), Err(Unfit::FieldValue));
    }

    #[test]
    fn the_101st_choice_makes_groups_and_the_chosen_one_is_shown() {
        let mut pick = field("a", choices(100));
        pick.value = "v7".to_owned();
        let made = view(&form(vec![pick])).unwrap();
        assert_eq!(made["blocks"][0]["element"]["initial_option"]["value"], "v7");
        let made = view(&form(vec![field("a", choices(101))])).unwrap();
        let groups = made["blocks"][0]["element"]["option_groups"].as_array().unwrap().clone();
        assert_eq!((groups.len(), &groups[1]["label"]["text"]), (2, &json!("101–101")));
    }

    #[test]
    fn what_slack_would_refuse_is_refused_here() {
        let kind = || FieldKind::Line;
        let mut token = form(vec![field("a", kind())]);
        token.token = "t".repeat(limits::FORM_TOKEN + 1);
        assert_eq!(view(&token), Err(Unfit::FormToken));
        assert_eq!(view(&form(vec![])), Err(Unfit::FormFields));
        let many = |count: usize| (0..count).map(|at| field(&format!("f{at}"), kind())).collect();
        assert!(view(&form(many(limits::FORM_BLOCKS))).is_ok());
        assert_eq!(view(&form(many(limits::FORM_BLOCKS + 1))), Err(Unfit::FormFields));
        let twice = vec![field("a", kind()), field("a", kind())];
        assert_eq!(view(&form(twice)), Err(Unfit::FieldName));
        let name = "n".repeat(limits::BLOCK_ID + 1);
        assert_eq!(view(&form(vec![field(&name, kind())])), Err(Unfit::FieldName));
        assert_eq!(view(&form(vec![field("a", choices(0))])), Err(Unfit::Choice));
        let value = "v".repeat(limits::OPTION + 1);
        let odd = FieldKind::Choice(vec![(value, "A".to_owned())]);
        assert_eq!(view(&form(vec![field("a", odd)])), Err(Unfit::Choice));
    }
}
