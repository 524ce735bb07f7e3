//! Showing a section: the stored document, with what is computed from it now.

use crate::conversation::card::{Align, Chart, Column, Part, Series, Table, Text};
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::Handled;
use crate::partners::Partner;
use crate::store::{partners, proposals, sections};
use crate::strategy::address::{SectionAddress, SectionGroup};
use crate::strategy::confidence::confidence;
use crate::strategy::document::Document;
use crate::strategy::money::grouped;
use crate::strategy::opportunity::{Opportunity, opportunity};
use crate::strategy::share::percent;
use crate::strategy::tam::{Tam, TamCategory};

/// `/strategy ipp`: every section of the group.
pub async fn group(scene: &mut Scene<'_>, group: SectionGroup) -> Handled {
    for section in group.addresses() {
        one(scene, section).await?;
    }
    Ok(())
}

/// `/strategy icp`
pub async fn one(scene: &mut Scene<'_>, section: SectionAddress) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.clone();
    let topic = format!("section {}", section.as_str());
    let Some(stored) = sections::current(&mut scene.desk.tx, &workspace.id, section).await? else {
        return scene.show(topic, words::section::never_written(section)).await;
    };
    let open = proposals::open_counts(&mut scene.desk.tx, &workspace.id).await?;
    let known = partners::partners(&mut scene.desk.tx, &workspace.id).await?;
    let computed = computed(&stored.document, &known);
    let shown = words::section::Shown {
        document: &stored.document,
        revision: stored.revision,
        by: &stored.updated_by,
        at: stored.updated_at,
        open_proposals: open.get(&section).copied().unwrap_or(0),
        zone: &zone_of(&workspace.zone),
        computed,
    };
    let card = words::section::card(&shown);
    scene.show(topic, card).await
}

/// What follows from the section and from what is known of partners.
#[must_use]
pub fn computed(document: &Document, known: &[Partner]) -> Vec<Part> {
    match document {
        Document::Icp(icp) => {
            let confidence = confidence(icp, known);
            let text =
                Text::bold("Confidence: ").and_plain(words::section::confidence(&confidence));
            let mut parts = vec![Part::Text(text)];
            parts.extend(words::section::not_evaluable(&confidence).map(Part::Context));
            parts
        }
        Document::Tam(tam) => tam_parts(tam),
        Document::IppProfile(_) | Document::IppTypes(_) => Vec::new(),
    }
}

fn tam_parts(tam: &Tam) -> Vec<Part> {
    let sum = opportunity(tam);
    let total = Text::bold("Total opportunity: ").and_plain(sum.total.to_string());
    let note = words::section::tam_note(&sum);
    vec![
        Part::Text(total),
        Part::Table(table(tam, &sum)),
        Part::Chart(chart(&sum)),
        Part::Context(note.into()),
    ]
}

fn table(tam: &Tam, sum: &Opportunity) -> Table {
    let column = |title: &str, align| Column { title: title.to_owned(), align };
    let titles = ["Share", "Reached accounts", "ACV", "Opportunity"];
    let mut columns = vec![column("Category", Align::Left)];
    columns.extend(titles.map(|title| column(title, Align::Right)));
    columns.push(column("Based on", Align::Left));
    let mut rows: Vec<Vec<String>> = sum
        .rows
        .iter()
        .map(|row| {
            vec![
                row.category.label().to_owned(),
                row.share.to_string(),
                grouped(u128::from(row.reached)),
                row.acv.to_string(),
                row.opportunity.to_string(),
                basis(tam.category(row.category)),
            ]
        })
        .collect();
    rows.push(vec![
        "Total".to_owned(),
        percent(i128::from(sum.share_bp)),
        grouped(u128::from(sum.reached)),
        String::new(),
        sum.total.to_string(),
        String::new(),
    ]);
    Table { caption: "Accounts × share × ACV".to_owned(), columns, rows }
}

/// Where share and ACV come from; once where both come from the same.
fn basis(category: &TamCategory) -> String {
    let (share, acv) = (category.share.basis.display(), category.acv.basis.display());
    if share == acv { share } else { format!("share: {share}; ACV: {acv}") }
}

fn chart(sum: &Opportunity) -> Chart {
    let major = |minor: i64| minor / sum.currency.minor_per_major();
    Chart {
        title: "Opportunity by category".to_owned(),
        unit: sum.currency.code().to_owned(),
        categories: sum.rows.iter().map(|row| row.category.label().to_owned()).collect(),
        series: vec![Series {
            name: "Opportunity".to_owned(),
            values: sum.rows.iter().map(|row| Some(major(row.opportunity.minor))).collect(),
        }],
    }
}
