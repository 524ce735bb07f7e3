//! Colours by the role they play. Theme slots wherever a theme can say it, so that another theme
//! changes the deck; good and bad are fixed, because a theme's red may be another theme's green.

/// A role, and the colour element that draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Title,
    /// Text on dark fills.
    Inverse,
    /// The one thing the title is about.
    Focus,
    /// Everything else in a chart.
    Context,
    ContextText,
    /// A third part in a chart.
    Light,
    /// Gridlines and table lines.
    Rule,
    /// Tiles and cards.
    Panel,
    Good,
    Bad,
}

impl Ink {
    /// The element that draws it. Fixed text, so templates may print it as it is.
    pub(super) fn xml(self) -> &'static str {
        match self {
            Self::Text => r#"<a:schemeClr val="tx1"/>"#,
            Self::Title => r#"<a:schemeClr val="tx2"/>"#,
            Self::Inverse => r#"<a:schemeClr val="bg1"/>"#,
            Self::Focus => r#"<a:schemeClr val="accent1"/>"#,
            Self::Context => r#"<a:schemeClr val="bg1"><a:lumMod val="55000"/></a:schemeClr>"#,
            Self::ContextText => r#"<a:schemeClr val="bg1"><a:lumMod val="42000"/></a:schemeClr>"#,
            Self::Light => r#"<a:schemeClr val="bg1"><a:lumMod val="80000"/></a:schemeClr>"#,
            Self::Rule => r#"<a:schemeClr val="bg1"><a:lumMod val="85000"/></a:schemeClr>"#,
            Self::Panel => r#"<a:schemeClr val="tx1"><a:alpha val="6000"/></a:schemeClr>"#,
            Self::Good => r#"<a:srgbClr val="1E7A55"/>"#,
            Self::Bad => r#"<a:srgbClr val="B3261E"/>"#,
        }
    }
}
