//! A card as Markdown, for files that people keep: everything that can be read, and no buttons.

use super::card::{Align, Card, Chart, Part, Run, Table, Text};

/// The card, with its headings `level` signs deep.
#[must_use]
pub fn markdown(card: &Card, level: usize) -> String {
    let parts = card.parts.iter().map(|part| written(part, level));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn written(part: &Part, level: usize) -> String {
    match part {
        Part::Heading(heading) => format!("{} {}", "#".repeat(level), escaped(heading)),
        Part::Text(text) => runs(text),
        Part::Context(text) => format!("*{}*", escaped(&text.words())),
        Part::Facts(facts) => {
            lines(facts, |fact| format!("- **{}:** {}", escaped(&fact.label), runs(&fact.value)))
        }
        Part::Table(table) => rows(table),
        Part::Changes(changes) => lines(changes, |change| {
            let [label, before, after] =
                [&change.label, &change.before, &change.after].map(|text| escaped(text));
            format!("- **{label}:** {before} → {after}")
        }),
        Part::Chart(chart) => rows(&as_table(chart)),
        Part::Buttons(_) => String::new(),
        Part::Divider => "---".to_owned(),
    }
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn runs(text: &Text) -> String {
    let run = |run: &Run| match run {
        Run::Bold(words) => format!("**{}**", escaped(words.trim_end())) + trailing(words),
        Run::Struck(words) => format!("~~{}~~", escaped(words.trim_end())) + trailing(words),
        other => escaped(other.words()),
    };
    text.0.iter().map(run).collect()
}

/// The space behind words: emphasis must not end with one.
fn trailing(words: &str) -> &str {
    &words[words.trim_end().len()..]
}

fn rows(table: &Table) -> String {
    let titles = table.columns.iter().map(|column| escaped(&column.title));
    let rules = table.columns.iter().map(|column| match column.align {
        Align::Left => "---".to_owned(),
        Align::Right => "---:".to_owned(),
    });
    let head = [row(titles), row(rules)].into_iter();
    let body = table.rows.iter().map(|cells| row(cells.iter().map(|cell| escaped(cell))));
    let caption = escaped(&table.caption);
    let rows = head.chain(body).collect::<Vec<_>>().join("\n");
    if caption.is_empty() { rows } else { format!("{caption}\n\n{rows}") }
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn as_table(chart: &Chart) -> Table {
    let column = |title: &str, align| super::card::Column { title: title.to_owned(), align };
    let mut columns = vec![column("", Align::Left)];
    columns.extend(chart.series.iter().map(|series| column(&series.name, Align::Right)));
    let rows = chart.categories.iter().enumerate().map(|(at, category)| {
        let value = |values: &[Option<i64>]| {
            values.get(at).copied().flatten().map_or_else(String::new, |value| value.to_string())
        };
        let values = chart.series.iter().map(|series| value(&series.values));
        std::iter::once(category.clone()).chain(values).collect()
    });
    let caption = format!("{} ({})", chart.title, chart.unit);
    Table { caption, columns, rows: rows.collect() }
}

/// The words themselves: nothing that people wrote becomes markup, a link or another row.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // What would begin a list, or make an address of words.
            '-' | '+' if at == 0 => {
                out.push('\\');
                out.push(c);
            }
            '&' if text[at + 1..]
                .starts_with(|next: char| next == '#' || next.is_alphanumeric()) =>
            {
                out.push_str("\\&");
            }
            ':' if text[at..].starts_with("://") => out.push_str("\\:"),
            '@' => out.push_str("\\@"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::card::{Column, Fact};

    #[test]
    fn a_card_reads_as_markdown_without_its_buttons() {
        let column = |title: &str, align| Column { title: title.to_owned(), align };
        let card = Card::new("x")
            .heading("Partner TAM")
            .text(Text::bold("Total: ").and_plain("$58,000,000"))
            .with(Part::Facts(vec![Fact { label: "Currency".into(), value: "USD".into() }]))
            .with(Part::Table(Table {
                caption: "Accounts × share".into(),
                columns: vec![column("Category", Align::Left), column("ACV", Align::Right)],
                rows: vec![vec!["Sales".into(), "$30,000".into()]],
            }))
            .with(Part::Buttons(Vec::new()))
            .context("Revision 2");
        assert_eq!(
            markdown(&card, 2),
            "## Partner TAM\n\n**Total:** $58,000,000\n\n- **Currency:** USD\n\nAccounts × share\n\n\
             | Category | ACV |\n| --- | ---: |\n| Sales | $30,000 |\n\n*Revision 2*"
        );
    }

    #[test]
    fn what_people_wrote_stays_words() {
        let card =
            Card::new("x").text("R & D &lt; a|b [c](https://d.example) <b> *x* ![y](z)\n# no @all");
        assert_eq!(
            markdown(&card, 1),
            "R & D \\&lt; a\\|b \\[c\\](https\\://d.example) \\<b\\> \\*x\\* \\!\\[y\\](z) \\# no \\@all"
        );
    }
}
