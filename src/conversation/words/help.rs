//! Help, made from the command table, and what to say to words that are not in it.

use crate::conversation::card::{Card, Part, Run, Text};
use crate::conversation::command::{Chapter, LONGEST, NotUnderstood, Row, TABLE};
use crate::strategy::address::SectionAddress;

/// All commands by chapter.
#[must_use]
pub fn all() -> Card {
    let mut card = Card::new("What you can ask for").heading("What you can ask for");
    for chapter in Chapter::ALL {
        let mut text = Text::bold(chapter.title());
        for row in TABLE.iter().filter(|row| row.chapter == chapter) {
            text = text.and_plain("\n").and(Run::Code(row.usage.to_owned()));
            text = text.and_plain(format!("  {}", row.does));
        }
        card = card.with(Part::Text(text));
    }
    let sections: Vec<_> = SectionAddress::ALL.iter().map(|section| section.as_str()).collect();
    card.context(format!(
        "Sections: {}. In an edit thread, plain words are the request.",
        sections.join(", ")
    ))
}

/// One row: for a command whose rest was not right.
fn usage(row: &Row) -> Text {
    let text = Text::plain("Like this: ").and(Run::Code(row.usage.to_owned()));
    if row.example == row.usage {
        return text;
    }
    text.and_plain("\nFor example: ").and(Run::Code(row.example.to_owned()))
}

/// What was not understood, and the nearest thing that would be.
#[must_use]
pub fn not_understood(what: &NotUnderstood) -> Card {
    let help = "Type /strategy help for everything there is.";
    match what {
        NotUnderstood::Unknown { word, nearest } => {
            let line = format!("I do not know \"{word}\".");
            let card = Card::new(line.clone());
            match nearest {
                Some(row) => {
                    let meant = Text::plain(format!("{line} Did you mean "))
                        .and(Run::Code(row.usage.to_owned()))
                        .and_plain(format!("? It {}.", row.does));
                    card.text(meant).context(help)
                }
                None => card.text(line).context(help),
            }
        }
        NotUnderstood::Incomplete { row, said } => {
            let line = format!("Something is missing after \"{said}\".");
            Card::new(line.clone()).text(line).text(usage(row))
        }
        NotUnderstood::Wrong { row, said, word } => {
            let line = format!("I did not understand \"{word}\" after \"{said}\".");
            Card::new(line.clone()).text(line).text(usage(row))
        }
        NotUnderstood::WhichSection(group) => {
            let names: Vec<_> = group.addresses().iter().map(|a| a.as_str().to_owned()).collect();
            Card::sentence(format!("Which section: {}?", names.join(" or ")))
        }
        NotUnderstood::TooLong => {
            let most = super::grouped(i64::try_from(LONGEST).unwrap_or(i64::MAX));
            let line = format!(
                "That is longer than the {most} characters of a command. Nothing was done."
            );
            Card::sentence(format!("{line} Send it in pieces."))
        }
        NotUnderstood::NoSection { word, nearest } => {
            let line = format!("There is no section \"{word}\".");
            let names: Vec<_> = SectionAddress::ALL.iter().map(|a| a.as_str()).collect();
            match nearest {
                Some(section) => Card::sentence(format!("{line} Did you mean {section}?")),
                None => Card::sentence(format!("{line} There are {}.", names.join(", "))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_command() {
        let words = all().words();
        for row in TABLE {
            assert!(words.contains(row.usage) && words.contains(row.does), "{}", row.usage);
        }
    }
}
