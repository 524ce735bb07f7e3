//! The base deck: our own theme, master, layouts and notes master, compiled in.
//!
//! Slides ask for a [`Layout`] by the role it plays, never by a file name, so that a company's own
//! template can take the place of these parts.

use super::package::Package;

const PRESENTATION: &str = "application/vnd.openxmlformats-officedocument.presentationml";
const THEME: &str = "application/vnd.openxmlformats-officedocument.theme+xml";

/// The main part; slides are related to it.
pub(super) const MAIN: &str = "ppt/presentation.xml";
const MASTER: &str = "ppt/slideMasters/slideMaster1.xml";
/// The notes master; every notes slide is related to it.
pub(super) const NOTES_MASTER: &str = "ppt/notesMasters/notesMaster1.xml";

/// What a slide needs of its layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Cover,
    TitleOnly,
    ChartAndTakeaways,
}

impl Layout {
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Cover => "ppt/slideLayouts/slideLayout1.xml",
            Self::TitleOnly => "ppt/slideLayouts/slideLayout2.xml",
            Self::ChartAndTakeaways => "ppt/slideLayouts/slideLayout4.xml",
        }
    }
}

/// Layouts in the order in which the master lists them.
const LAYOUTS: [&str; 5] = [
    include_str!("../../../templates/deck/base/layout-cover.xml"),
    include_str!("../../../templates/deck/base/layout-title-only.xml"),
    include_str!("../../../templates/deck/base/layout-content.xml"),
    include_str!("../../../templates/deck/base/layout-chart.xml"),
    include_str!("../../../templates/deck/base/layout-section.xml"),
];

/// Content type of a part of a presentation.
pub(super) fn content_type(kind: &str) -> String {
    format!("{PRESENTATION}.{kind}+xml")
}

/// Everything of a presentation but its slides and its main part, with all relationships. The
/// main part must be added before, and takes the first ids: master, notes master.
pub(super) fn add_to(package: &mut Package) {
    package.add(
        MASTER,
        &content_type("slideMaster"),
        include_str!("../../../templates/deck/base/master.xml"),
    );
    package.relate(MAIN, "slideMaster", MASTER);
    for (i, xml) in LAYOUTS.iter().enumerate() {
        let part = format!("ppt/slideLayouts/slideLayout{}.xml", i + 1);
        package.add(&part, &content_type("slideLayout"), *xml);
        package.relate(MASTER, "slideLayout", &part);
        package.relate(&part, "slideMaster", MASTER);
    }
    add_theme(
        package,
        MASTER,
        "ppt/theme/theme1.xml",
        include_str!("../../../templates/deck/base/theme.xml"),
    );
    package.add(
        NOTES_MASTER,
        &content_type("notesMaster"),
        include_str!("../../../templates/deck/base/notes-master.xml"),
    );
    package.relate(MAIN, "notesMaster", NOTES_MASTER);
    add_theme(
        package,
        NOTES_MASTER,
        "ppt/theme/theme2.xml",
        include_str!("../../../templates/deck/base/theme-notes.xml"),
    );
    for (name, kind, xml) in [
        ("presProps", "presProps", include_str!("../../../templates/deck/base/pres-props.xml")),
        ("viewProps", "viewProps", include_str!("../../../templates/deck/base/view-props.xml")),
        (
            "tableStyles",
            "tableStyles",
            include_str!("../../../templates/deck/base/table-styles.xml"),
        ),
    ] {
        let part = format!("ppt/{name}.xml");
        package.add(&part, &content_type(kind), xml);
        package.relate(MAIN, kind, &part);
    }
    package.relate(MAIN, "theme", "ppt/theme/theme1.xml");
}

/// A theme belongs to one master only: two that share one bring up a repair prompt.
fn add_theme(package: &mut Package, master: &str, part: &str, xml: &str) {
    package.add(part, THEME, xml);
    package.relate(master, "theme", part);
}
