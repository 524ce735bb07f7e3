//! The rules of the house, checked: which room may know which other room, which outside crate may
//! be named where, that every file says what it is for, and that neither files nor functions grow
//! too long.
//!
//! The tables are in `docs/ARCHITECTURE.md`. To change a rule, change it there, in the commit
//! that needs it.

#![expect(clippy::print_stderr, reason = "the budget's figures are for whoever runs the tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Longest a file may be, not counting its own tests.
const FILE_LINES: usize = 400;
/// Functions of `src/`, from `fn` to the closing brace, tests left out: half of them, nine in ten
/// of them, the longest.
const FUNCTION_LINES: (usize, usize, usize) = (10, 30, 60);

#[test]
fn rooms_know_only_the_rooms_below_them() {
    let rooms = table("rooms");
    for (at, (room, may_know)) in rooms.iter().enumerate() {
        for known in may_know {
            let below = rooms[..at].iter().any(|(name, _)| name == known);
            assert!(below, "`{room}` lists `{known}`, which is not above it in the table");
        }
    }
    let rooms: BTreeMap<_, _> = rooms.into_iter().collect();
    assert_none(source_files().iter().flat_map(|file| file.foreign_rooms(&rooms)));
}

#[test]
fn every_room_of_the_table_exists() {
    let there: BTreeSet<_> = source_files().iter().filter_map(SourceFile::room).collect();
    assert_none(table("rooms").into_iter().map(|(room, _)| room).filter(|r| !there.contains(r)));
}

/// Another room is named from `crate`, where the first test sees it.
#[test]
fn super_stays_in_the_room() {
    assert_none(source_files().iter().flat_map(SourceFile::wide_supers));
}

#[test]
fn the_domain_never_waits() {
    let pure: Vec<String> =
        table("pure").into_iter().flat_map(|(names, _)| words(&names)).collect();
    assert!(!pure.is_empty());
    let files = source_files();
    let held = files.iter().filter(|file| pure.iter().any(|room| file.is_within(room)));
    assert_none(held.flat_map(SourceFile::waits));
}

#[test]
fn outside_crates_stay_in_their_home() {
    let homes: BTreeMap<_, _> = table("homes").into_iter().collect();
    assert_none(source_files().iter().flat_map(|file| file.strayed_crates(&homes)));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = |file: &SourceFile| !file.text.lines().take(3).any(|line| line.starts_with("//!"));
    assert_none(source_files().into_iter().filter(silent).map(|file| file.path));
}

#[test]
fn files_stay_short() {
    let lines = |file: &SourceFile| {
        file.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count()
    };
    let long =
        source_files().into_iter().filter(|file| !file.is_test_only() && lines(file) > FILE_LINES);
    assert_none(long.map(|file| format!("{}: {} lines", file.path, lines(&file))));
}

#[test]
fn functions_stay_short() {
    let (median, most, longest) = FUNCTION_LINES;
    let mut lengths = Vec::new();
    let mut long = Vec::new();
    for file in source_files() {
        for function in file.functions() {
            if function.lines > longest {
                let Function { name, line, lines } = &function;
                long.push(format!("{}:{line}: `{name}` has {lines} lines", file.path));
            }
            lengths.push(function.lines);
        }
    }
    assert_none(long);
    lengths.sort_unstable();
    let at = |percent: usize| lengths[(lengths.len() - 1) * percent / 100];
    let budget = format!(
        "{} functions: median {} lines (at most {median}), nine in ten {} (at most {most})",
        lengths.len(),
        at(50),
        at(90)
    );
    assert!(at(50) <= median && at(90) <= most, "{budget}");
    eprintln!("{budget}, longest {}", at(100));
}

#[test]
fn the_pages_name_files_that_exist() {
    let files = project_files();
    let there = |name: &str| {
        let inside = format!("/{}", name.trim_end_matches('/'));
        let folder = format!("{inside}/");
        files.iter().any(|file| file.ends_with(&inside) || file.contains(&folder))
    };
    let mut faults = Vec::new();
    for page in files.iter().filter(|file| Path::new(file).extension().is_some_and(|e| e == "md")) {
        let text = read(&root().join(page.trim_start_matches('/')));
        for (line, name) in file_names(&text) {
            if !there(&name) {
                faults.push(format!("{page}:{line}: `{name}` does not exist"));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = read(&root().join("Cargo.toml"));
    let reasons = read(&root().join("docs/dependencies.md"));
    let mut inside = false;
    let mut faults = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        }
        let name = line.split_once(" = ").map(|(name, _)| name);
        if let Some(name) = name.filter(|_| inside)
            && !reasons.contains(&format!("\n| {name} | "))
        {
            faults.push(format!("`{name}` has no row in docs/dependencies.md"));
        }
    }
    assert_none(faults);
}

/// Planted faults: the walk above must see them, or the tests above prove nothing.
mod the_walk {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn rooms() -> BTreeMap<String, Vec<String>> {
        ["ids", "store", "jobs"].map(|room| (room.to_owned(), Vec::new())).into()
    }

    #[test]
    fn sees_a_room_however_it_is_named() {
        for text in [
            "use crate::jobs::X;",
            "use crate::{store::{A}, jobs};",
            "fn f() { crate::jobs::go() }",
        ] {
            assert_eq!(file("store/a.rs", text).foreign_rooms(&rooms()).len(), 1, "{text}");
        }
        assert_eq!(file("new/a.rs", "").foreign_rooms(&rooms()).len(), 1);
        assert!(file("store/a.rs", "use crate::store::X;").foreign_rooms(&rooms()).is_empty());
    }

    #[test]
    fn sees_a_crate_however_it_is_named_and_not_in_text() {
        let homes = [("sqlx".to_owned(), vec!["store".to_owned()])].into();
        for text in [
            "use sqlx::Row;",
            "use ::sqlx::Row;",
            "fn f() { sqlx::query!() }",
            "#[sqlx::test] fn f() {}",
            "#[derive(sqlx::Type)] struct A;",
            "use sqlx;",
            "use {serde::A, sqlx::Row};",
        ] {
            assert_eq!(file("jobs/a.rs", text).strayed_crates(&homes).len(), 1, "{text}");
            assert!(file("store/a.rs", text).strayed_crates(&homes).is_empty(), "{text}");
        }
        let text = "const A: &str = \"sqlx::query\"; use a::sqlx::B; // sqlx::Row";
        assert!(file("jobs/a.rs", text).strayed_crates(&homes).is_empty());
    }

    #[test]
    fn sees_waiting_and_far_supers() {
        assert_eq!(file("ids.rs", "async fn f() { g().await }").waits().len(), 2);
        for (path, text) in [
            ("store/mod.rs", "use super::jobs::A;"),
            ("store/a.rs", "use super::super::jobs::A;"),
            ("ids.rs", "mod tests { use super::super::jobs::A; }"),
            ("store/a/b.rs", "fn f() { super::super::super::jobs::go() }"),
        ] {
            assert_eq!(file(path, text).wide_supers().len(), 1, "{path}: {text}");
        }
        for (path, text) in [
            ("store/a.rs", "use super::b::A; pub(super) fn f() {}"),
            ("store/a/b.rs", "use super::super::c::A;"),
            ("ids.rs", "mod tests { use super::*; }"),
        ] {
            assert!(file(path, text).wide_supers().is_empty(), "{path}: {text}");
        }
    }

    #[test]
    fn counts_functions_with_a_body_outside_of_tests() {
        let text = "trait T { fn a(); }\nfn b(f: fn(u8) -> u8)\nwhere u8: Copy\n{\n}\n\
                    #[cfg(test)]\nmod tests { fn c() {} }\nimpl A { fn d() {} }\n";
        let found: Vec<_> =
            file("a.rs", text).functions().into_iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(found, [("b".to_owned(), 4), ("d".to_owned(), 1)]);
    }

    #[test]
    fn takes_paths_out_of_a_page_and_leaves_patterns() {
        let text = "See `src/lib.rs`, [x](docs/a.md#b) and `templates/`.\nNot `store/<name>.rs`, \
                    `data/attache.db`, `a b.rs`, https://x.org/y.md or `GET /decks/`.";
        let names: Vec<_> = file_names(text).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["src/lib.rs", "templates/", "docs/a.md"]);
    }
}

#[track_caller]
fn assert_none(faults: impl IntoIterator<Item = String>) {
    let faults = Vec::from_iter(faults);
    assert!(faults.is_empty(), "\n\n  {}\n", faults.join("\n  "));
}

/// The lines `name -> a b c` of the fenced block called `block`.
fn table(block: &str) -> Vec<(String, Vec<String>)> {
    read(&root().join("docs/ARCHITECTURE.md"))
        .lines()
        .skip_while(|line| *line != format!("```{block}"))
        .skip(1)
        .take_while(|line| *line != "```")
        .map(|line| {
            let (name, known) = line.split_once("->").expect("`name -> a b c`");
            (name.trim().to_owned(), words(known))
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

struct SourceFile {
    /// Path under `src/`, such as `store/jobs.rs`.
    path: String,
    text: String,
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

impl SourceFile {
    /// The top folder or file; `main` and `lib` are the door, not a room.
    fn room(&self) -> Option<String> {
        let top = self.path.split(['/', '.']).next()?;
        (top != "main" && top != "lib").then(|| top.to_owned())
    }

    fn is_test_only(&self) -> bool {
        self.path.split(['/', '.']).any(|step| step == "tests" || step == "testing")
    }

    fn is_within(&self, home: &str) -> bool {
        self.path.strip_prefix(home).is_some_and(|rest| rest.starts_with(['/', '.']))
    }

    /// Rooms named by `crate::x` or `crate::{x, y::z}` that this one may not know.
    fn foreign_rooms(&self, rooms: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let Some(room) = self.room() else { return Vec::new() };
        let Some(may_know) = rooms.get(&room) else {
            return vec![format!("{}: `{room}` is not in the table", self.path)];
        };
        let mut faults = Vec::new();
        self.for_each_token(&mut |tokens, at| {
            if !is_word(tokens, at, "crate") || !is_path_sep(tokens, at + 1) {
                return;
            }
            let named = match tokens.get(at + 3) {
                Some(TokenTree::Group(group)) => first_words(group.stream()),
                Some(word) => vec![(line_of(word), word.to_string())],
                None => Vec::new(),
            };
            let foreign = |other: &String| other != &room && !may_know.contains(other);
            for (line, other) in named.into_iter().filter(|(_, other)| foreign(other)) {
                faults.push(format!("{}:{line}: `{room}` may not know `{other}`", self.path));
            }
        });
        faults
    }

    /// Chains of `super` that lead out of the room.
    fn wide_supers(&self) -> Vec<String> {
        let steps: Vec<_> = self.path.trim_end_matches(".rs").split('/').collect();
        let depth = steps.iter().filter(|step| **step != "mod").count();
        let mut faults = Vec::new();
        if self.room().is_some() {
            wide_supers(self.tokens(), depth, &mut |line| {
                faults.push(format!("{}:{line}: `super` leaves the room", self.path));
            });
        }
        faults
    }

    fn waits(&self) -> Vec<String> {
        let mut faults = Vec::new();
        self.for_each_token(&mut |tokens, at| {
            if is_word(tokens, at, "async") || is_word(tokens, at, "await") {
                faults.push(format!("{}:{}: it waits", self.path, line_of(&tokens[at])));
            }
        });
        faults
    }

    /// First words of all paths: `sqlx` in `use sqlx::Row`, `sqlx::query!(..)`, `#[sqlx::test]`.
    fn strayed_crates(&self, homes: &BTreeMap<String, Vec<String>>) -> Vec<String> {
        let mut faults = Vec::new();
        self.for_each_token(&mut |tokens, at| {
            let word = &tokens[at];
            let inside_path = at >= 3
                && is_path_sep(tokens, at - 2)
                && matches!(&tokens[at - 3], TokenTree::Ident(before) if before != "use");
            let starts_path =
                is_path_sep(tokens, at + 1) || at > 0 && is_word(tokens, at - 1, "use");
            if !matches!(word, TokenTree::Ident(_)) || !starts_path || inside_path {
                return;
            }
            let name = word.to_string();
            let Some(homes) = homes.get(&name) else { return };
            if !homes.iter().any(|home| self.is_within(home)) {
                let line = line_of(word);
                faults.push(format!("{}:{line}: `{name}` lives in {homes:?}", self.path));
            }
        });
        faults
    }

    /// Every function with a body, those of `#[cfg(test)]` left out.
    fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        if !self.is_test_only() {
            collect_functions(self.tokens(), &mut found);
        }
        found
    }

    fn tokens(&self) -> TokenStream {
        self.text.parse().unwrap_or_else(|fault| panic!("{}: {fault}", self.path))
    }

    fn for_each_token(&self, visit: &mut dyn FnMut(&[TokenTree], usize)) {
        fn walk(stream: TokenStream, visit: &mut dyn FnMut(&[TokenTree], usize)) {
            let tokens = Vec::from_iter(stream);
            for at in 0..tokens.len() {
                visit(&tokens, at);
                if let TokenTree::Group(group) = &tokens[at] {
                    walk(group.stream(), visit);
                }
            }
        }
        walk(self.tokens(), visit);
    }
}

/// `depth` is how many steps of `super` lead to the crate's root from here.
fn wide_supers(stream: TokenStream, depth: usize, fault: &mut dyn FnMut(usize)) {
    let tokens = Vec::from_iter(stream);
    for at in 0..tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            let module = at >= 2 && is_word(&tokens, at - 2, "mod");
            wide_supers(group.stream(), depth + usize::from(module), fault);
        }
        let chain = (at..tokens.len())
            .step_by(3)
            .take_while(|step| is_word(&tokens, *step, "super") && is_path_sep(&tokens, step + 1));
        if chain.count() >= depth {
            fault(line_of(&tokens[at]));
        }
    }
}

fn collect_functions(stream: TokenStream, found: &mut Vec<Function>) {
    let tokens = Vec::from_iter(stream);
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens, at) {
            at = end_of_item(&tokens, at + 2);
        } else if is_word(&tokens, at, "fn")
            && matches!(tokens.get(at + 1), Some(TokenTree::Ident(_)))
        {
            let end = end_of_item(&tokens, at);
            if let Some(TokenTree::Group(body)) = tokens.get(end - 1) {
                let line = line_of(&tokens[at]);
                let lines = body.span_close().end().line - line + 1;
                found.push(Function { name: tokens[at + 1].to_string(), line, lines });
                collect_functions(body.stream(), found);
            }
            at = end;
        } else {
            if let TokenTree::Group(group) = &tokens[at] {
                collect_functions(group.stream(), found);
            }
            at += 1;
        }
    }
}

fn is_test_attribute(tokens: &[TokenTree], at: usize) -> bool {
    let hash = matches!(&tokens[at], TokenTree::Punct(p) if p.as_char() == '#');
    hash && matches!(tokens.get(at + 1), Some(TokenTree::Group(group))
        if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Just past the item's `{ … }` or `;`.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |more| from + more + 1)
}

fn first_words(list: TokenStream) -> Vec<(usize, String)> {
    let tokens = Vec::from_iter(list);
    let starts =
        |at: usize| at == 0 || matches!(&tokens[at - 1], TokenTree::Punct(p) if p.as_char() == ',');
    (0..tokens.len())
        .filter(|at| starts(*at))
        .map(|at| (line_of(&tokens[at]), tokens[at].to_string()))
        .collect()
}

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

fn is_word(tokens: &[TokenTree], at: usize, word: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Ident(ident)) if ident == word)
}

fn is_path_sep(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// What looks like a file or folder of ours in a page: in backticks or as a link's target. A name
/// with a placeholder (`<`, `*`, `{`, `…`, `NNNN`) is a pattern, not a file.
fn file_names(page: &str) -> Vec<(usize, String)> {
    const ENDINGS: [&str; 11] =
        [".rs", ".md", ".toml", ".sql", ".html", ".css", ".js", ".mjs", ".json", ".csv", ".sh"];
    let is_file = |name: &str| {
        let whole = !name.contains(|c: char| c.is_whitespace() || "<>*{}…:".contains(c));
        let ours = ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.ends_with('/');
        whole && ours && !name.starts_with('/') && !name.contains("NNNN")
    };
    let mut names = Vec::new();
    for (at, line) in page.lines().enumerate() {
        let quoted = line.split('`').skip(1).step_by(2);
        let linked = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let linked = linked.filter_map(|target| target.split('#').next());
        let found = quoted.chain(linked).filter(|name| is_file(name));
        names.extend(found.map(|name| (at + 1, name.trim_start_matches("../").to_owned())));
    }
    names
}

fn source_files() -> Vec<SourceFile> {
    let src = root().join("src");
    let mut files = Vec::new();
    walk_folder(&src, &mut |path| {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(&src).expect("found there");
            files.push(SourceFile { path: with_slashes(inside), text: read(path) });
        }
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 50, "this is not the source tree");
    files
}

/// Every file of the project from its root, `/` in front; not what was built or installed.
fn project_files() -> Vec<String> {
    let mut files = Vec::new();
    walk_folder(root(), &mut |path| {
        let inside = path.strip_prefix(root()).expect("found there");
        files.push(format!("/{}", with_slashes(inside)));
    });
    files
}

fn walk_folder(folder: &Path, visit: &mut dyn FnMut(&PathBuf)) {
    const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "data", ".venv"];
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !path.is_dir() {
            visit(&path);
        } else if !NOT_OURS.contains(&name) {
            walk_folder(&path, visit);
        }
    }
}

fn with_slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
