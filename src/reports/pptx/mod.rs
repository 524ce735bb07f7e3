//! Bytes of an editable PowerPoint file: native text, tables and charts, notes on every slide.
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
