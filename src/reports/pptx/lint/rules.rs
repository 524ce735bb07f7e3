//! The rules, one function each.

use std::collections::{BTreeMap, BTreeSet};

use super::dom::Node;
use super::{Opened, lint};

/// Every rule over a deck.
pub(super) fn all(deck: &Opened) -> Vec<String> {
    let rules =
        [content_types, relationships, orphans, slides, ids, notes, themes, shapes, tables, charts];
    rules.iter().flat_map(|rule| rule(deck)).collect()
}

fn repeated<T: Ord + ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut twice = vec![];
    for item in items {
        let text = item.to_string();
        if !seen.insert(item) {
            twice.push(text);
        }
    }
    twice
}

fn content_types(deck: &Opened) -> Vec<String> {
    let mut faults: Vec<String> = repeated(deck.names.iter())
        .iter()
        .map(|name| format!("{name}: twice in the zip"))
        .collect();
    if deck.names.first().map(String::as_str) != Some("[Content_Types].xml") {
        faults.push("the content types do not come first".to_owned());
    }
    let Some(types) = deck.xml.get("[Content_Types].xml") else {
        return vec!["no content types".to_owned()];
    };
    let overrides: Vec<&str> =
        types.all("Override").iter().map(|node| node.attribute("PartName")).collect();
    faults.extend(repeated(overrides.iter()).iter().map(|name| format!("{name}: two types")));
    let defaults: Vec<&str> =
        types.all("Default").iter().map(|node| node.attribute("Extension")).collect();
    for name in &overrides {
        if !deck.bytes.contains_key(name.trim_start_matches('/')) {
            faults.push(format!("{name}: a type without a part"));
        }
    }
    for name in deck.names.iter().filter(|name| *name != "[Content_Types].xml") {
        let extension = name.rsplit('.').next().unwrap_or_default();
        let named = overrides.contains(&format!("/{name}").as_str());
        if !named && (extension == "xml" || !defaults.contains(&extension)) {
            faults.push(format!("{name}: no content type"));
        }
    }
    faults
}

fn relationships(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for part in deck.names.iter().map(String::as_str).chain([""]) {
        let pointers = deck.pointers(part);
        faults.extend(
            repeated(pointers.iter().map(|p| &p.id)).iter().map(|id| format!("{part}: {id} twice")),
        );
        for pointer in &pointers {
            if !deck.bytes.contains_key(&pointer.target) {
                faults.push(format!("{part}: {} leads nowhere", pointer.target));
            }
        }
        let Some(xml) = deck.xml.get(part) else { continue };
        for used in used_ids(xml) {
            if !pointers.iter().any(|pointer| pointer.id == used) {
                faults.push(format!("{part}: {used} is no relationship"));
            }
        }
    }
    faults
}

fn used_ids(node: &Node) -> Vec<String> {
    let names = ["r:id", "r:embed", "r:link", "r:pict"];
    let own = names.iter().filter_map(|name| node.attributes.get(*name).cloned());
    own.chain(node.children.iter().flat_map(used_ids)).collect()
}

fn orphans(deck: &Opened) -> Vec<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![String::new()];
    while let Some(part) = next.pop() {
        for pointer in deck.pointers(&part) {
            if reached.insert(pointer.target.clone()) {
                next.push(pointer.target);
            }
        }
    }
    let part = |name: &&String| !name.contains("_rels/") && *name != "[Content_Types].xml";
    let orphans = deck.names.iter().filter(part).filter(|name| !reached.contains(*name));
    orphans.map(|name| format!("{name}: nothing leads here")).collect()
}

fn slides(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for name in deck.parts("ppt/slides/") {
        let layouts = deck.pointers(name).iter().filter(|p| p.kind == "slideLayout").count();
        if layouts != 1 {
            faults.push(format!("{name}: {layouts} layouts"));
        }
        let ids: Vec<&str> =
            deck.xml[name].all("p:cNvPr").iter().map(|node| node.attribute("id")).collect();
        faults.extend(repeated(ids).iter().map(|id| format!("{name}: shape id {id} twice")));
    }
    faults
}

fn ids(deck: &Opened) -> Vec<String> {
    let Some(main) = deck.xml.get("ppt/presentation.xml") else {
        return vec!["no presentation".to_owned()];
    };
    let number = |node: &&Node| node.attribute("id").parse::<u32>().unwrap_or(0);
    let slides: Vec<u32> = main.all("p:sldId").iter().map(number).collect();
    let mut faults: Vec<String> = slides
        .iter()
        .filter(|id| !(256..0x8000_0000).contains(*id))
        .map(|id| format!("slide id {id} is out of range"))
        .collect();
    if slides.len() != deck.parts("ppt/slides/").count() {
        faults.push("not every slide is listed".to_owned());
    }
    let mut above: Vec<u32> = main.all("p:sldMasterId").iter().map(number).collect();
    for master in deck.parts("ppt/slideMasters/") {
        above.extend(deck.xml[master].all("p:sldLayoutId").iter().map(number));
    }
    for id in repeated(slides).into_iter().chain(repeated(above)) {
        faults.push(format!("id {id} twice"));
    }
    let order: Vec<&str> = main.children.iter().map(|child| child.name.as_str()).collect();
    let wanted = ["p:sldMasterIdLst", "p:notesMasterIdLst", "p:sldIdLst", "p:sldSz", "p:notesSz"];
    if !order.starts_with(&wanted) {
        faults.push(format!("the lists of the presentation stand in the order {order:?}"));
    }
    faults
}

fn notes(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for slide in deck.parts("ppt/slides/") {
        let Some(notes) = deck.pointers(slide).into_iter().find(|p| p.kind == "notesSlide") else {
            faults.push(format!("{slide}: no notes"));
            continue;
        };
        let back = deck.pointers(&notes.target);
        if !back.iter().any(|pointer| pointer.kind == "slide" && pointer.target == *slide) {
            faults.push(format!("{}: does not lead back to {slide}", notes.target));
        }
        if !back.iter().any(|pointer| pointer.kind == "notesMaster") {
            faults.push(format!("{}: no notes master", notes.target));
        }
    }
    let main = deck.pointers("ppt/presentation.xml");
    if !main.iter().any(|pointer| pointer.kind == "notesMaster") {
        faults.push("the notes master is not listed".to_owned());
    }
    faults
}

fn themes(deck: &Opened) -> Vec<String> {
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for master in deck.parts("ppt/slideMasters/").chain(deck.parts("ppt/notesMasters/")) {
        for pointer in deck.pointers(master).into_iter().filter(|p| p.kind == "theme") {
            *owners.entry(pointer.target).or_default() += 1;
        }
    }
    let shared = owners.iter().filter(|(_, owners)| **owners > 1);
    let mut faults: Vec<String> =
        shared.map(|(theme, _)| format!("{theme}: shared by two masters")).collect();
    for theme in deck.parts("ppt/theme/") {
        for list in ["a:fillStyleLst", "a:lnStyleLst", "a:effectStyleLst", "a:bgFillStyleLst"] {
            let complete = deck.xml[theme].all(list).iter().all(|node| node.children.len() == 3);
            if !complete {
                faults.push(format!("{theme}: {list} does not hold three styles"));
            }
        }
    }
    faults
}

fn shapes(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for name in deck.parts("ppt/").filter(|name| deck.xml.contains_key(*name)) {
        let xml = &deck.xml[name];
        for shape in xml.all("p:sp") {
            let image = shape.all("p:ph").iter().any(|ph| ph.attribute("type") == "sldImg");
            let paragraphs = shape.child("p:txBody").map_or(0, |body| body.all("a:p").len());
            if !image && paragraphs == 0 {
                faults.push(format!("{name}: a shape without a paragraph"));
            }
        }
        for background in xml.all("p:bgPr") {
            if background.child("a:effectLst").is_none() {
                faults.push(format!("{name}: a background without an effect list"));
            }
        }
        let empty_line = |line: &&&Node| line.children.is_empty() && line.attributes.is_empty();
        if xml.all("a:ln").iter().any(|line| empty_line(&line)) {
            faults.push(format!("{name}: an empty line"));
        }
        for extent in xml.all("a:ext") {
            let sizes = [extent.attribute("cx"), extent.attribute("cy")];
            if sizes.iter().any(|size| size.starts_with('-')) {
                faults.push(format!("{name}: a negative extent"));
            }
        }
        if !xml.all("a:normAutofit").is_empty() {
            faults.push(format!("{name}: text that PowerPoint is asked to shrink"));
        }
        for color in xml.all("a:srgbClr") {
            let hex = color.attribute("val");
            if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                faults.push(format!("{name}: the colour {hex}"));
            }
        }
    }
    faults
}

fn tables(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for name in deck.parts("ppt/slides/") {
        for table in deck.xml[name].all("a:tbl") {
            let columns = table.all("a:gridCol").len();
            for row in table.all("a:tr") {
                if row.all("a:tc").len() != columns {
                    faults.push(format!("{name}: a row does not fill the grid"));
                }
            }
            for cell in table.all("a:tcPr") {
                if !["t", "ctr", "b"].contains(&cell.attribute("anchor")) {
                    faults.push(format!("{name}: the anchor {}", cell.attribute("anchor")));
                }
            }
        }
    }
    faults
}

fn charts(deck: &Opened) -> Vec<String> {
    let mut faults = vec![];
    for name in deck.parts("ppt/charts/") {
        let xml = &deck.xml[name];
        let values = |element: &str| -> Vec<&str> {
            xml.all(element).iter().map(|node| node.attribute("val")).collect()
        };
        for axis in values("c:axId") {
            if axis.parse::<u32>().unwrap_or(0) == 0 {
                faults.push(format!("{name}: the axis id {axis}"));
            }
        }
        for axis in ["c:catAx", "c:valAx"].iter().flat_map(|axis| xml.all(axis)) {
            let crosses = axis.child("c:crossAx").map_or("", |node| node.attribute("val"));
            if !values("c:axId").contains(&crosses) {
                faults.push(format!("{name}: an axis crosses {crosses}, which is none"));
            }
        }
        let books: Vec<_> =
            deck.pointers(name).into_iter().filter(|p| p.kind == "package").collect();
        match (books.as_slice(), xml.all("c:externalData").as_slice()) {
            ([book], [data]) if data.attribute("r:id") == book.id => {
                faults.extend(workbook(xml, name, &deck.bytes[&book.target]));
            }
            _ => faults.push(format!("{name}: no workbook to edit")),
        }
    }
    faults
}

/// Whether the workbook opens and holds the very values that the chart caches.
fn workbook(chart: &Node, name: &str, bytes: &[u8]) -> Vec<String> {
    let book = match Opened::read(bytes) {
        Ok(book) => book,
        Err(problem) => return vec![format!("{name}: workbook: {problem}")],
    };
    let mut faults: Vec<String> = [content_types, relationships, orphans]
        .iter()
        .flat_map(|rule| rule(&book))
        .map(|fault| format!("{name}: workbook: {fault}"))
        .collect();
    let cells = cells(&book);
    let formula = |node: &Node| node.child("c:f").map_or(String::new(), |f| f.text.clone());
    for cache in ["c:strRef", "c:numRef"].iter().flat_map(|kind| chart.all(kind)) {
        let (column, first) = start(&formula(cache));
        let points = cache.all("c:pt");
        for (i, point) in points.iter().enumerate() {
            let index: u32 = point.attribute("idx").parse().unwrap_or(u32::MAX);
            let at = format!("{column}{}", first + index);
            let cached = point.child("c:v").map_or("", |v| v.text.as_str());
            if cells.get(&at).map(String::as_str) != Some(cached) {
                faults.push(format!("{name}: {at} is not {cached}"));
            }
            if i > 0 && points[i - 1].attribute("idx").parse::<u32>().unwrap_or(0) >= index {
                faults.push(format!("{name}: points are not numbered upwards"));
            }
        }
    }
    faults
}

/// Column letter and first row of `Sheet1!$A$2:$A$9` or `Sheet1!$B$1`.
fn start(formula: &str) -> (String, u32) {
    let mut parts = formula.split('$').skip(1);
    let column = parts.next().unwrap_or_default().to_owned();
    let row = parts.next().unwrap_or_default().trim_end_matches(':');
    (column, row.parse().unwrap_or(0))
}

/// The cells of the only sheet by their address, with shared strings put in.
fn cells(book: &Opened) -> BTreeMap<String, String> {
    let strings: Vec<&String> =
        book.xml["xl/sharedStrings.xml"].all("t").into_iter().map(|node| &node.text).collect();
    let value = |cell: &&Node| {
        let text = cell.child("v").map(|v| v.text.clone()).unwrap_or_default();
        match cell.attribute("t") {
            "s" => strings[text.parse::<usize>().unwrap()].clone(),
            _ => text,
        }
    };
    let sheet = &book.xml["xl/worksheets/sheet1.xml"];
    assert!(sheet.all("f").is_empty(), "a cell holds a formula");
    sheet.all("c").iter().map(|cell| (cell.attribute("r").to_owned(), value(cell))).collect()
}

#[test]
fn the_lint_sees_a_file_that_is_no_package() {
    assert!(!lint(b"PK not really").is_empty());
}
