//! Bytes of an editable `.pptx` file: native text, tables and charts, notes on every slide.
//!
//! Written by hand on `zip` and `askama`: parts in `package`, the compiled-in base deck in `base`,
//! geometry in `grid`, `metrics` and `place`, XML in `templates/deck`. All text goes through
//! `text::Text`, which drops what XML forbids, and is escaped by the templates.

mod base;
mod chart;
mod grid;
mod ink;
#[cfg(test)]
mod lint;
mod metrics;
mod package;
mod place;
mod shapes;
mod text;
mod workbook;

use askama::Template;

use super::deck::{Chart, Deck};
use base::{MAIN, NOTES_MASTER, content_type};
use package::Package;
use place::Page;
use shapes::{NotesXml, Shape, SlideXml};
use text::Text;

const CHART: &str = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
const CORE: &str =
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";

/// Why no file came out. Both are faults of ours, never of the data.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("a part of the deck could not be printed")]
    Print(#[from] askama::Error),
    #[error("the deck could not be packed")]
    Pack(#[from] zip::result::ZipError),
    #[error("the deck could not be packed")]
    Write(#[from] std::io::Error),
}

#[derive(Template)]
#[template(path = "deck/presentation.xml")]
struct PresentationXml {
    slides: Vec<String>,
}

#[derive(Template)]
#[template(path = "deck/core.xml")]
struct CoreXml {
    title: Text,
    company: Text,
    date: String,
}

/// The deck as the bytes of a `.pptx` file. The same deck always gives the same bytes.
///
/// # Errors
/// Only when a part cannot be printed or packed, which is a fault of ours.
pub fn write(deck: &Deck) -> Result<Vec<u8>, WriteError> {
    let mut package = Package::default();
    package.add(MAIN, &content_type("presentation.main"), Vec::new());
    package.relate("", "officeDocument", MAIN);
    properties(&mut package, deck)?;
    base::add_to(&mut package);
    let mut writer = Writer { package, charts: 0, slides: Vec::new() };
    for page in place::pages(deck) {
        writer.slide(page)?;
    }
    let main = PresentationXml { slides: writer.slides }.render()?;
    writer.package.replace(MAIN, main);
    writer.package.write()
}

fn properties(package: &mut Package, deck: &Deck) -> Result<(), WriteError> {
    let core = CoreXml {
        title: Text::new(&deck.title),
        company: Text::new(&deck.company),
        date: deck.date.to_string(),
    };
    let kind = "application/vnd.openxmlformats-package.core-properties+xml";
    package.add("docProps/core.xml", kind, core.render()?);
    package.relate("", CORE, "docProps/core.xml");
    let kind = "application/vnd.openxmlformats-officedocument.extended-properties+xml";
    let app = include_str!("../../../templates/deck/base/app.xml");
    package.add("docProps/app.xml", kind, app);
    package.relate("", "extended-properties", "docProps/app.xml");
    Ok(())
}

/// Adds slides with their charts and notes to a package.
struct Writer {
    package: Package,
    charts: usize,
    /// Relationship ids of the slides, in order.
    slides: Vec<String>,
}

impl Writer {
    fn slide(&mut self, page: Page<'_>) -> Result<(), WriteError> {
        let Page { layout, mut shapes, charts, notes } = page;
        let number = self.slides.len() + 1;
        let part = format!("ppt/slides/slide{number}.xml");
        self.package.add(&part, &content_type("slide"), Vec::new());
        self.package.relate(&part, "slideLayout", layout.part());
        let mut rels = vec![];
        for chart in charts {
            let to = self.chart(chart)?;
            rels.push(self.package.relate(&part, "chart", &to));
        }
        let mut rels = rels.into_iter();
        for shape in &mut shapes {
            if let Shape::Chart { rel, .. } = shape {
                *rel = rels.next().unwrap_or_default();
            }
        }
        let xml = SlideXml { shapes: &shapes }.render()?;
        self.package.replace(&part, xml);
        self.notes(&part, number, &notes)?;
        self.slides.push(self.package.relate(MAIN, "slide", &part));
        Ok(())
    }

    fn chart(&mut self, chart: &Chart) -> Result<String, WriteError> {
        self.charts += 1;
        let part = format!("ppt/charts/chart{}.xml", self.charts);
        let book = format!("ppt/embeddings/Microsoft_Excel_Worksheet{}.xlsx", self.charts);
        let (xml, workbook) = chart::write(chart)?;
        self.package.add(&part, CHART, xml);
        // one workbook per chart, never shared; its extension names its type
        self.package.add(&book, "", workbook);
        self.package.relate(&part, "package", &book);
        Ok(part)
    }

    fn notes(&mut self, slide: &str, number: usize, notes: &[Text]) -> Result<(), WriteError> {
        let part = format!("ppt/notesSlides/notesSlide{number}.xml");
        let xml = NotesXml { paras: notes }.render()?;
        self.package.add(&part, &content_type("notesSlide"), xml);
        self.package.relate(&part, "notesMaster", NOTES_MASTER);
        self.package.relate(&part, "slide", slide);
        self.package.relate(slide, "notesSlide", &part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::lint::lint;
    use super::*;
    use crate::reports::deck::{
        Below, Body, ChartKind, Column, List, Series, Slide, Step, Table, Tile, Tone, lay_out,
    };
    use crate::reports::sample::Sample;

    const HOSTILE: &[&str] = &[
        "",
        " ",
        "plain",
        "]]> & < > \" '",
        "a\0b\u{1}c\u{b}d\u{fffe}e\u{ffff}",
        "line\nbreak\ttab\r\n",
        "{{ name }} {% if %} ${x} <%= y %>",
        "=HYPERLINK(\"http://example.com\";\"x\")",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "日本語のとても長い名前のパートナー企業株式会社",
        "شريك من اليمين إلى اليسار",
        "👩‍👩‍👧‍👦 🎉",
        "\u{202e}gnp.exe",
        "</a:t></a:r></a:p><p:sp>",
    ];

    fn slide(title: &str, body: Body) -> Slide {
        Slide { title: title.to_owned(), body, notes: vec![title.to_owned()] }
    }

    fn chart(kind: ChartKind, words: &[String]) -> Chart {
        Chart {
            kind,
            heading: words[0].clone(),
            unit: words[0].clone(),
            alt: words[0].clone(),
            empty: words[0].clone(),
            categories: words.to_vec(),
            series: vec![
                Series {
                    name: words[0].clone(),
                    values: (0..).map(|i| Some(i * 7)).take(words.len()).collect(),
                },
                Series { name: "Second".to_owned(), values: vec![None, Some(-5)] },
            ],
            places: 2,
            format: "0.0",
            focus: vec![0],
        }
    }

    /// Every kind of slide, filled with these words.
    fn every_kind(words: &[String], rows: usize) -> Deck {
        let word = words[0].clone();
        let tile = || Tile {
            label: word.clone(),
            value: word.clone(),
            delta: word.clone(),
            tone: Tone::Bad,
        };
        let table = |rows: usize| Table {
            columns: vec![
                Column { head: word.clone(), number: false },
                Column { head: "Number".to_owned(), number: true },
            ],
            rows: vec![vec![word.clone(), "1".to_owned()]; rows],
            total: Some(vec!["Total".to_owned(), word.clone()]),
            note: word.clone(),
        };
        let step = || Step {
            what: word.clone(),
            why: word.clone(),
            owner: word.clone(),
            due: word.clone(),
        };
        let lists = vec![List { heading: word.clone(), points: words.to_vec() }];
        let kinds = [ChartKind::Columns, ChartKind::Bars, ChartKind::Lines, ChartKind::Doughnut];
        let mut slides = vec![
            slide(&word, Body::Cover { lines: words.to_vec() }),
            slide(&word, Body::Tiles { tiles: vec![tile(), tile()], below: Below::Lists(lists) }),
            slide("b", Body::Tiles { tiles: vec![tile()], below: Below::Table(table(3)) }),
            slide("c", Body::Table(table(rows))),
            slide("d", Body::Steps(vec![step(), step(), step(), step(), step()])),
            slide("e", Body::Steps(vec![])),
        ];
        for (i, kind) in kinds.into_iter().enumerate() {
            let takeaways = words.to_vec();
            let body = Body::Chart { chart: chart(kind, words), takeaways: takeaways.clone() };
            slides.push(slide(&format!("f{i}"), body));
            let (left, right) =
                (chart(kind, words), Chart { series: vec![], ..chart(kind, words) });
            slides.push(slide(&format!("g{i}"), Body::Charts { left, right, takeaways }));
        }
        Deck {
            title: word.clone(),
            company: word.clone(),
            date: date(2026, 10, 5),
            footer_date: word.clone(),
            footer_filters: word,
            slides,
        }
    }

    #[test]
    fn the_decks_of_full_filtered_and_empty_companies_pass_the_lint() {
        let mut filtered = Sample::full();
        filtered.view.name = "Nordics".to_owned();
        filtered.view.filters.regions.insert("Nordics".to_owned());
        for sample in [Sample::full(), filtered, Sample::bare()] {
            assert_eq!(lint(&write(&lay_out(&sample.report())).unwrap()), Vec::<String>::new());
        }
    }

    #[test]
    fn hostile_words_leave_the_file_whole_on_every_kind_of_slide() {
        let long = "very long words that go on ".repeat(20);
        for word in HOSTILE.iter().copied().chain([long.as_str(), &"x".repeat(400)]) {
            let words = [word.to_owned(), "second".to_owned(), "third".to_owned()];
            let bytes = write(&every_kind(&words, 40)).unwrap();
            assert_eq!(lint(&bytes), Vec::<String>::new(), "{word:?}");
        }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes_also_after_the_way_through_json() {
        let report = Sample::full().report();
        let bytes = write(&lay_out(&report)).unwrap();
        let text = serde_json::to_string(&report).unwrap();
        let stored: crate::reports::Report = serde_json::from_str(&text).unwrap();
        assert_eq!(stored, report);
        assert!(bytes == write(&lay_out(&stored)).unwrap(), "the bytes differ");
    }

    #[test]
    fn a_long_table_continues_with_its_head_and_one_total_at_the_end() {
        let words = vec!["row".to_owned()];
        let deck = every_kind(&words, 500);
        let pages = place::pages(&deck);
        let tables: Vec<usize> = pages
            .iter()
            .flat_map(|page| &page.shapes)
            .filter_map(|shape| match shape {
                Shape::Table { rows, .. } => Some(rows.len()),
                _ => None,
            })
            .collect();
        let continued = tables.len() - 1;
        assert!(continued > 20, "{continued} pages");
        // every page has a head, the last one the total
        assert_eq!(tables.iter().skip(1).sum::<usize>(), 500 + continued + 1);
    }

    #[test]
    fn no_shape_leaves_the_slide_and_no_text_is_smaller_than_ten_points() {
        for sample in [Sample::full(), Sample::bare()] {
            let deck = lay_out(&sample.report());
            for shape in place::pages(&deck).iter().flat_map(|page| &page.shapes) {
                let (rect, paras) = match shape {
                    Shape::Box { rect, paras, .. } => (*rect, paras.as_slice()),
                    Shape::Chart { rect, .. }
                    | Shape::Table { rect, .. }
                    | Shape::Line { rect, .. } => (*rect, [].as_slice()),
                    Shape::Placeholder { .. } => continue,
                };
                assert!(rect.x >= 457_200 && rect.x + rect.w <= 11_734_800, "{shape:?}");
                assert!(rect.y >= 1_234_440 && rect.y + rect.h <= 6_217_920, "{shape:?}");
                assert!(paras.iter().all(|para| para.size >= 1_000), "{shape:?}");
            }
        }
    }
}
