//! The interpreter of plain edit requests: clauses are done whole or not at all, and what was not
//! done is quoted back with its reason.
//!
//! ```text
//! request  := question | clause {sep clause}      sep := ; | . | line | , | and | then | also
//! clause   := [set|make|change|narrow|widen] FIELD [to|at|=|should be|between] VALUE | FIELD: VALUE
//!           | (at least|min|over|at most|max|up to|under) NUMBER FIELD
//!           | (raise|increase|lower|cut) FIELD (by N [points] | to VALUE | from OLD to NEW)
//!           | add ITEM to LIST | remove ITEM [from LIST] | clear FIELD
//!           | add a note (that|about|:) TEXT | note that TEXT
//!           | (replace|change|rename) OLD (with|to|->) NEW
//!           | swap A and B | (put|move) A (before|after) B | (put|move) A (first|last)
//!           | for ROW, CLAUSE | [stop] recommend(ing) ROW [because TEXT]
//! VALUE    := RANGE | MONEY | PERCENT | COUNT | "TEXT" | TEXT | LIST | [not] recommended
//! ```

use crate::drafting::brief::{EditBrief, Fact, REQUEST_LIMIT};
use crate::drafting::{Answer, EditDraft, Look};
use crate::strategy::apply::apply;
use crate::strategy::difference::difference;
use crate::strategy::document::Document;
use crate::strategy::drafted::{NotDone, Why};
use crate::strategy::field::{Kind, RowSpec, Value, lower_first};
use crate::strategy::operation::Operation;

use super::answer;
use super::clause::{Done, Reader};
use super::effort::Effort;
use super::names;
use super::set::starts_clause;
use super::token::{Shape, Token, tidy, tokens};
use super::value::slice;
use super::verb::{bare, verb};

/// Clauses of one request, questions among them; what comes after is not read.
const CLAUSE_LIMIT: usize = 40;
/// Questions of one request that are answered.
const ANSWERS: usize = 5;
/// What a look for the end of a clause costs, in tokens.
const SEPARATOR: usize = 5;

/// Reads a request against the section as the thread has changed it so far.
pub(super) fn edit(brief: &EditBrief, over: Look<'_>) -> EditDraft {
    let effort = Effort::new(over);
    read(brief, &effort)
}

fn read(brief: &EditBrief, effort: &Effort<'_>) -> EditDraft {
    let start = apply(&brief.document, &brief.earlier).unwrap_or_else(|_| brief.document.clone());
    let text = tidy(&brief.request);
    let mut reading = Reading {
        brief,
        effort,
        text: &text,
        touched: brief.earlier.iter().map(Operation::shown_key).collect(),
        row: None,
        document: start.clone(),
        not_done: Vec::new(),
        answers: Vec::new(),
        questions: 0,
        clauses: 0,
        overfull: false,
    };
    if text.chars().count() > REQUEST_LIMIT {
        reading.leave("the request", Why::Unclear, "it is longer than 4,000 characters");
    } else {
        let tokens = tokens(&text);
        for sentence in sentences(&tokens) {
            reading.sentence(sentence);
        }
    }
    if reading.is_silent() {
        reading.answers.push(courtesy(&tokens(&text)));
    }
    let operations = reading.in_time(difference(&brief.document, &reading.document));
    EditDraft {
        understood: describe(&start, &reading.document),
        operations,
        not_done: reading.not_done,
        answers: reading.answers,
        warnings: Vec::new(),
    }
}

/// The request so far.
struct Reading<'a> {
    brief: &'a EditBrief,
    effort: &'a Effort<'a>,
    text: &'a str,
    /// What was changed, in the order of time: the last is what `it` stands for.
    touched: Vec<String>,
    row: Option<&'static RowSpec>,
    document: Document,
    not_done: Vec<NotDone>,
    answers: Vec<Answer>,
    questions: usize,
    clauses: usize,
    /// A clause was left because there were too many before it: nothing more is read.
    overfull: bool,
}

impl Reading<'_> {
    fn reader(&self) -> Reader<'_> {
        Reader {
            text: self.text,
            document: &self.document,
            brief: self.brief,
            effort: self.effort,
            last: self.touched.last().map(String::as_str),
            row: self.row,
        }
    }

    fn sentence(&mut self, tokens: &[Token]) {
        let told = bare(tokens);
        if told.is_empty() || self.overfull {
            return;
        }
        if is_question(tokens, told) {
            return self.question(told);
        }
        let told = self.without_own_name(told);
        let mut rest = match told.split_last() {
            Some((mark, front)) if mark.is("?") => bare(front),
            _ => told,
        };
        while !rest.is_empty() && !self.overfull {
            let end = self.clause_end(rest);
            self.clause(bare(&rest[..end]));
            rest = bare(&rest[end..]);
        }
    }

    /// An answer, once, and a word about those that are left out.
    fn question(&mut self, told: &[Token]) {
        self.clauses += 1;
        self.questions += 1;
        let answer = if self.questions > ANSWERS || self.is_full() {
            too_many_questions()
        } else {
            let asked = slice(self.text, told);
            let facts: &[Fact] = &self.brief.facts;
            answer::answer((&self.brief.document, Some(&self.document)), asked, facts)
        };
        if !self.answers.contains(&answer) {
            self.answers.push(answer);
        }
    }

    /// Whether one clause more is read; the first of too many is left with the reason.
    fn begins(&mut self, tokens: &[Token]) -> bool {
        self.clauses += 1;
        if self.is_full() {
            let part = slice(self.text, tokens);
            let detail = "the request has too many parts; send it in pieces";
            self.leave(part, Why::Unclear, detail);
            self.overfull = true;
        }
        !self.overfull
    }

    fn is_full(&self) -> bool {
        self.clauses > CLAUSE_LIMIT
    }

    /// `in the ICP, …` in the ICP's own thread says nothing new.
    fn without_own_name<'t>(&self, tokens: &'t [Token]) -> &'t [Token] {
        let leads = tokens.first().is_some_and(|token| token.is_any(&["in", "for", "on"]));
        let the = usize::from(tokens.get(1).is_some_and(|token| token.is_any(&["the", "our"])));
        let own = self.document.address();
        match names::section_at(tokens.get(1 + the..).unwrap_or_default()) {
            Some((address, taken)) if leads && address == own => bare(&tokens[1 + the + taken..]),
            _ => tokens,
        }
    }

    /// Where the first clause ends: at a separator in front of another clause. Free text only ends
    /// where what follows can be done.
    fn clause_end(&self, tokens: &[Token]) -> usize {
        let reader = self.reader();
        let free = reader.note(tokens).is_some() || is_free_text(&reader, tokens);
        let front = reader.row_in_front(tokens).map_or(1, |(_, taken)| taken + 1);
        let mut at = front;
        while at < tokens.len() {
            if !tokens[at].is_any(&[",", "and", "then", "also", "but", "plus"]) {
                at += 1;
                continue;
            }
            let next = bare(&tokens[at..]);
            let Some(first) = next.first().filter(|_| self.effort.tokens(SEPARATOR)) else { break };
            // Words in front of a clause belong to it: `if possible, set …` is one clause.
            let stands = free || at > front && starts_clause(&reader, &tokens[front - 1..at]);
            let begins = stands && starts_clause(&reader, next);
            let asks = |done: Done| done.map_or_else(|no| no.why == Why::Ambiguous, |_| true);
            if begins && (!free || asks(reader.clause(next))) {
                return at;
            }
            // Separators in one run lead to the same words.
            at +=
                tokens[at..].iter().take_while(|skipped| skipped.at.start < first.at.start).count();
        }
        tokens.len()
    }

    fn clause(&mut self, tokens: &[Token]) {
        if tokens.is_empty() || !self.begins(tokens) {
            return;
        }
        let part = slice(self.text, tokens).to_owned();
        let done = self.reader().clause(tokens);
        match done {
            Ok(operations) => self.take(&part, &operations),
            Err(refused) => self.leave(&part, refused.why, &refused.detail),
        }
        self.row = named_row(&self.document, tokens).or(self.row);
    }

    fn take(&mut self, part: &str, operations: &[Operation]) {
        if let Some(link) = operations.iter().find_map(|op| new_link(&self.document, op)) {
            let detail = format!("links, addresses and mentions are not kept here: {link}");
            return self.leave(part, Why::NotAllowed, &detail);
        }
        match apply(&self.document, operations) {
            Ok(document) => {
                for key in operations.iter().map(Operation::shown_key) {
                    self.touched.retain(|touched| *touched != key);
                    self.touched.push(key);
                }
                self.document = document;
            }
            Err(error) => self.leave(part, Why::NotAllowed, &error.reason.to_string()),
        }
    }

    /// The operations in the order in which the thread asked for them, so that the next request
    /// still knows what was changed last. Operations on one field keep theirs.
    fn in_time(&self, mut operations: Vec<Operation>) -> Vec<Operation> {
        operations.sort_by_key(|operation| {
            let key = operation.shown_key();
            self.touched.iter().position(|touched| *touched == key)
        });
        operations
    }

    /// Whether there was nothing to do, to answer or to leave: only a greeting or thanks.
    fn is_silent(&self) -> bool {
        self.clauses == 0 && self.answers.is_empty() && self.not_done.is_empty()
    }

    fn leave(&mut self, part: &str, why: Why, detail: &str) {
        let part = part.chars().take(300).collect();
        self.not_done.push(NotDone { part, why, detail: detail.to_owned() });
    }
}

/// Said in place of further answers.
fn too_many_questions() -> Answer {
    let text = "There are more questions here than one message answers. Ask the others again.";
    Answer { text: text.to_owned(), sources: Vec::new() }
}

/// What is said to a greeting and to thanks.
fn courtesy(tokens: &[Token]) -> Answer {
    let thanks = tokens.iter().any(|token| token.is_any(&["thanks", "thank", "thx", "cheers"]));
    let text = if thanks {
        "You are welcome. Nothing was changed."
    } else {
        "Nothing was changed. Say in this thread what should be different."
    };
    Answer { text: text.to_owned(), sources: Vec::new() }
}

/// Sentences: at `;`, full stops, lines and question marks, which stay with their sentence.
fn sentences(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        let ends = token.is_any(&[";", ".", "!", "\n", "?"]);
        // `1.` in front of a line is its number.
        let numbered = token.is_any(&[".", ")"])
            && at == start + 1
            && tokens[start].shape == Shape::Number
            && (start == 0 || tokens[start - 1].is("\n"));
        if numbered {
            start = at + 1;
        } else if ends {
            let keep = usize::from(token.is("?"));
            found.push(&tokens[start..at + keep]);
            start = at + 1;
        }
    }
    found.push(&tokens[start..]);
    found
}

fn is_question(tokens: &[Token], told: &[Token]) -> bool {
    let asks = told.last().is_some_and(|token| token.is("?"));
    let words = ["what", "what's", "whats", "why", "how", "who", "when", "where", "which", "whose"];
    if verb(told).is_some() && !tokens[0].is_any(&words) {
        return false;
    }
    asks || told[0].is_any(&words)
}

/// Whether the clause sets prose, which may hold anything.
fn is_free_text(reader: &Reader<'_>, tokens: &[Token]) -> bool {
    let rest = verb(tokens).map_or(tokens, |(_, rest)| rest);
    let (about, used) = names::subject(reader.address(), rest);
    let Ok(targets) = reader.targets(&about, &rest[used..]) else { return false };
    used > 0 && targets.iter().all(|it| matches!(it.spec.kind, Kind::Text | Kind::Source))
}

fn named_row(document: &Document, tokens: &[Token]) -> Option<&'static RowSpec> {
    let own = document.address();
    (0..tokens.len()).rev().find_map(|at| match names::name_at(own, &tokens[at..]) {
        Some((names::Name::Row(row), _)) => Some(row),
        _ => None,
    })
}

/// A link, address or mention that the operation would bring in.
fn new_link(document: &Document, operation: &Operation) -> Option<String> {
    let texts: Vec<&str> = match operation {
        Operation::Add { item, .. } | Operation::Replace { item, .. } => vec![item],
        Operation::Set { value, basis, .. } | Operation::SetCell { value, basis, .. } => {
            let basis = basis.iter().map(|basis| basis.source.as_str());
            match value {
                Value::Text(text) => basis.chain([text.as_str()]).collect(),
                Value::Items(texts) => basis.chain(texts.iter().map(String::as_str)).collect(),
                _ => basis.collect(),
            }
        }
        Operation::Remove { .. } | Operation::Move { .. } => Vec::new(),
    };
    let mut links = texts.into_iter().flat_map(crate::drafting::check::links).peekable();
    links.peek()?;
    let known = document.canonical();
    links.find(|link| !known.contains(link.as_str()))
}

/// One sentence: every field that differs.
pub(super) fn describe(before: &Document, after: &Document) -> String {
    let (old, new) = (before.fields(), after.fields());
    let changed = old.iter().zip(&new).filter(|(old, new)| old != new);
    let parts: Vec<String> = changed
        .map(|(old, new)| match (&old.value, &new.value) {
            (Value::Items(was), Value::Items(is)) => list_change(&new.label, was, is),
            _ => format!("{}: {} → {}", new.label, shown(old.display()), shown(new.display())),
        })
        .collect();
    parts.join("; ")
}

fn shown(text: String) -> String {
    if text.chars().count() <= 80 {
        return text;
    }
    text.chars().take(79).chain(['…']).collect()
}

fn list_change(label: &str, was: &[String], is: &[String]) -> String {
    let added: Vec<_> = is.iter().filter(|text| !was.contains(text)).cloned().collect();
    let removed: Vec<_> = was.iter().filter(|text| !is.contains(text)).cloned().collect();
    let label = lower_first(label);
    match (added.is_empty(), removed.is_empty()) {
        (false, true) => format!("add {} to {label}", shown(added.join(", "))),
        (true, false) => format!("remove {} from {label}", shown(removed.join(", "))),
        (false, false) => {
            let (added, removed) = (shown(added.join(", ")), shown(removed.join(", ")));
            format!("in {label}, replace {removed} by {added}")
        }
        (true, true) => format!("reorder {label}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafting::check;
    use crate::strategy::address::SectionAddress;
    use crate::strategy::field::Range;
    use crate::strategy::icp::Icp;
    use crate::strategy::ipp::{IppProfile, IppTypes, PartnerCategory};
    use crate::strategy::list::List;
    use crate::strategy::money::Currency;
    use crate::strategy::tam::Tam;

    fn icp() -> Document {
        Document::Icp(Icp {
            summary: "Acme sells fraud detection to mid-market lenders.".to_owned(),
            company_size: Some(Range::new(Some(20), Some(1_000))),
            industries: List::of(["Retail", "Lending", "Insurance"]),
            regions: List::of(["UK", "Benelux"]),
            buyers: List::of(["CFO", "Head of risk"]),
            ..Icp::default()
        })
    }

    fn tam() -> Document {
        let mut tam = Tam::starting(Currency::USD);
        tam.accounts.value = 4_000;
        Document::Tam(tam)
    }

    fn types() -> Document {
        let category = |recommended| PartnerCategory {
            recommended,
            value_proposition: "Sells more.".to_owned(),
            reason: "Two markets.".to_owned(),
        };
        Document::IppTypes(IppTypes {
            solutions: category(true),
            technology: category(true),
            reseller: category(true),
            referral: category(false),
            notes: List::default(),
        })
    }

    fn profile() -> Document {
        Document::IppProfile(IppProfile {
            capabilities: List::of(["Migration", "Training"]),
            certified_people: Some(1),
            partner_size: Some(Range::new(Some(20), Some(200))),
            ..IppProfile::default()
        })
    }

    fn brief(document: Document, request: &str) -> EditBrief {
        EditBrief {
            document,
            earlier: Vec::new(),
            said: Vec::new(),
            request: request.to_owned(),
            asked_by: "Ana".to_owned(),
            today: "2026-11-20".parse().unwrap(),
            currency: Currency::USD,
            facts: Vec::new(),
        }
    }

    fn drafted(brief: &EditBrief) -> EditDraft {
        edit(brief, &|| false)
    }

    fn read(document: Document, request: &str) -> (EditBrief, EditDraft) {
        let brief = brief(document, request);
        let draft = drafted(&brief);
        assert_eq!(check::edit(&brief, &draft), [], "{request}");
        (brief, draft)
    }

    /// The request is done whole, and this is what it comes to.
    #[track_caller]
    fn does(document: Document, request: &str, understood: &str) {
        let (_, draft) = read(document, request);
        assert_eq!(draft.not_done, [], "{request}");
        assert_eq!(draft.understood, understood, "{request}");
    }

    /// Nothing is done.
    #[track_caller]
    fn refuses(document: Document, request: &str) -> NotDone {
        let (_, draft) = read(document, request);
        assert_eq!(draft.operations, [], "{request}: {}", draft.understood);
        assert_eq!(draft.not_done.len(), 1, "{request}: {:?}", draft.not_done);
        draft.not_done[0].clone()
    }

    #[test]
    fn ranges_are_set_in_every_wording() {
        for request in [
            "narrow the company size to 50–500 employees",
            "I'd like to narrow the ICP's company size range to 50–500 employees",
            "Narrow the ICP company size to 50-500",
            "please set company size to 50 to 500",
            "company size: 50-500 employees",
            "the company size should be between 50 and 500 employees",
            "make the number of employees 50–500.",
            "Could you change company size to 50-500, please?",
            "set headcount = 50 - 500",
            "change the company size from 20–1,000 to 50–500",
            "set employees from 50 to 500",
            "narrow the company size down to 50-500",
            "make the company size range: 50–500",
        ] {
            does(icp(), request, "Company size: 20–1,000 employees → 50–500 employees");
        }
    }

    #[test]
    fn bounds_move_one_end_of_a_range() {
        for (request, after) in [
            ("at least 50 employees", "50–1,000"),
            ("set the minimum company size to 50", "50–1,000"),
            ("limit company size to at most 500 employees", "20–500"),
            ("up to 500 employees", "20–500"),
            ("raise the upper limit of the company size by 200", "20–1,200"),
            ("set company size to 50+", "50 or more"),
            ("set company size to 50 or more employees", "50 or more"),
        ] {
            let understood = format!("Company size: 20–1,000 employees → {after} employees");
            does(icp(), request, &understood);
        }
        does(
            icp(),
            "set annual revenue to $10m-$50m",
            "Annual revenue: not set → $10,000,000–$50,000,000",
        );
        does(
            profile(),
            "at least 3 certified people",
            "Minimum certified people: 1 person → 3 people",
        );
    }

    #[test]
    fn lists_grow_and_shrink() {
        for (request, understood) in [
            ("add fintech to industries", "add Fintech to industries"),
            ("also add DACH to regions", "add DACH to regions"),
            (
                "add fintech and healthcare to the list of industries",
                "add Fintech, Healthcare to industries",
            ),
            ("Add \"Oil and gas\" to industries in the ICP", "add Oil and gas to industries"),
            ("include oil and gas in the industries", "add Oil and gas to industries"),
            ("add industry fintech", "add Fintech to industries"),
            ("add a pain point: slow onboarding", "add slow onboarding to pain points"),
            ("add CTO as a buyer", "add CTO to buyers"),
            ("add CTO to the buyer personas", "add CTO to buyers"),
            ("please add Spain to the regions list", "add Spain to regions"),
            ("add to notes: banks come later", "add banks come later to notes"),
            ("add ISO 27001 to technologies", "add ISO 27001 to technologies"),
            ("expand regions to include DACH", "add DACH to regions"),
            ("remove retail from industries", "remove Retail from industries"),
            ("remove retail", "remove Retail from industries"),
            (
                "drop lending and insurance from the industries",
                "remove Lending, Insurance from industries",
            ),
            ("delete the industry retail", "remove Retail from industries"),
            (
                "set industries to fintech, insurance",
                "in industries, replace Retail, Lending by Fintech",
            ),
            ("industries: Insurance and Retail", "remove Lending from industries"),
            ("clear regions", "remove UK, Benelux from regions"),
        ] {
            let (_, draft) = read(icp(), request);
            assert_eq!(draft.not_done, [], "{request}");
            assert_eq!(draft.understood.to_lowercase(), understood.to_lowercase(), "{request}");
        }
    }

    #[test]
    fn notes_keep_their_words() {
        for (request, note) in [
            (
                "Add a note about our focus on financial services.",
                "Our focus on financial services",
            ),
            ("add a note that we do not sell to banks", "We do not sell to banks"),
            ("please note that the TAM is small", "The TAM is small"),
            ("note: check with finance and legal", "Check with finance and legal"),
            ("add a note saying \"don't touch\"", "Don't touch"),
        ] {
            does(icp(), request, &format!("add {note} to notes"));
        }
        does(types(), "add a note that Q3 is busy", "add Q3 is busy to notes");
    }

    #[test]
    fn words_and_items_are_exchanged_where_they_stand_once() {
        for (request, understood) in [
            ("change retail to ecommerce", "in industries, replace Retail by Ecommerce"),
            ("replace \"Head of risk\" with \"CRO\"", "in buyers, replace Head of risk by CRO"),
            ("rename Lending -> Credit", "in industries, replace Lending by Credit"),
            (
                "replace mid-market with small",
                "Summary: Acme sells fraud detection to mid-market lenders. → Acme sells fraud detection to small lenders.",
            ),
            ("swap retail and insurance", "reorder industries"),
            ("move insurance before retail", "reorder industries"),
            ("put Insurance first", "reorder industries"),
            ("move retail to the end", "reorder industries"),
        ] {
            does(icp(), request, understood);
        }
        let (brief, draft) = read(icp(), "move insurance before lending");
        let after = apply(&brief.document, &draft.operations).unwrap();
        assert_eq!(after.field("industries").unwrap().display(), "Retail, Insurance, Lending");
    }

    #[test]
    fn cells_need_their_row_and_column() {
        let who = "Ana, 20 Nov 2026";
        for (request, understood) in [
            (
                "set solutions share to 20%",
                format!("Solutions share: 15% (starting assumption) → 20% ({who})"),
            ),
            (
                "set the share of solutions to 20 percent",
                format!("Solutions share: 15% (starting assumption) → 20% ({who})"),
            ),
            (
                "set solutions to 20%",
                format!("Solutions share: 15% (starting assumption) → 20% ({who})"),
            ),
            (
                "raise technology ACV by 5k",
                format!("Technology ACV: $25,000 (starting assumption) → $30,000 ({who})"),
            ),
            (
                "increase the technology ACV by 10%",
                format!("Technology ACV: $25,000 (starting assumption) → $27,500 ({who})"),
            ),
            (
                "raise technology ACV to $30k",
                format!("Technology ACV: $25,000 (starting assumption) → $30,000 ({who})"),
            ),
            (
                "lower the sales share by 2.5 points",
                format!("Sales share: 20% (starting assumption) → 17.5% ({who})"),
            ),
            (
                "change sales ACV from 30k to 35k",
                format!("Sales ACV: $30,000 (starting assumption) → $35,000 ({who})"),
            ),
            (
                "for technology, set the ACV to 40k",
                format!("Technology ACV: $25,000 (starting assumption) → $40,000 ({who})"),
            ),
            (
                "accounts: 5 000",
                format!("Addressable accounts: 4,000 (starting assumption) → 5,000 ({who})"),
            ),
            (
                "set accounts to 5k because of the 2025 registry",
                format!(
                    "Addressable accounts: 4,000 (starting assumption) → 5,000 (The 2025 registry, {who})"
                ),
            ),
        ] {
            does(tam(), request, &understood);
        }
    }

    #[test]
    fn an_assumption_is_given_its_source() {
        let who = "Ana, 20 Nov 2026";
        for request in [
            "set the source of solutions share to the 2025 partner survey",
            "set the source of the solutions share to the 2025 partner survey",
            "the basis for solutions share is the 2025 partner survey",
            "change the solutions share source to the 2025 partner survey",
        ] {
            let after = format!("15% (The 2025 partner survey, {who})");
            let understood = format!("Solutions share: 15% (starting assumption) → {after}");
            does(tam(), request, &understood);
        }
    }

    #[test]
    fn partner_types_are_recommended_and_described() {
        does(types(), "make reseller not recommended", "Reseller recommended: yes → no");
        does(types(), "stop recommending technology", "Technology recommended: yes → no");
        does(
            types(),
            "recommend referral because we know many advisers",
            "Referral recommended: no → yes; Referral reason: Two markets. → We know many advisers",
        );
        does(
            types(),
            "set the value proposition of referral to \"A fee without the selling.\"",
            "Referral value proposition: Sells more. → A fee without the selling.",
        );
        does(
            types(),
            "for referral, say that the value proposition is quick trust, not volume",
            "Referral value proposition: Sells more. → Quick trust, not volume",
        );
    }

    #[test]
    fn several_clauses_are_done_in_their_order() {
        does(
            icp(),
            "narrow the company size to 50-500, add fintech and payments to industries; remove retail. Then put CTO as a buyer\n- add a note that banks come later",
            "Company size: 20–1,000 employees → 50–500 employees; in industries, replace Retail by Fintech, Payments; add CTO to buyers; add Banks come later to notes",
        );
    }

    #[test]
    fn what_must_not_be_guessed_is_quoted_back_with_its_reason() {
        for (request, why) in [
            ("don't set the company size to 50-500", "turns the request around"),
            ("do not remove retail", "turns the request around"),
            ("never add fintech to industries", "turns the request around"),
            ("add fintech to industries but not in the UK", "turns the request around"),
            ("remove all industries except retail", "turns the request around"),
            ("if possible, set company size to 50-500", "turns the request around"),
            ("set company size to ISO 27001", "no range"),
            ("set company size to 50", "no range"),
            ("set company size to -50", "no range"),
            ("set company size to 500-50", "in order"),
            ("set company size to 50-500 employees or so", "no range"),
            ("at least ISO 27001 employees", "a bound looks like"),
            ("set company size", "to what"),
            ("make it 50 to 400", "what \"it\" stands for"),
            ("raise the company size by 50", "cannot be raised"),
            ("add fintech", "which list"),
            ("add fintech or payments to industries", "leaves the choice open"),
            ("add to industries", "say"),
            ("remove banking from industries", "has no \"banking\""),
            ("change CFO to CFO of a bank to CEO", "two ways"),
            ("replace alpha with beta", "stands nowhere"),
            ("put retail before retail", "one and the same"),
            ("swap retail and UK", "different lists"),
            ("move objective 9 before retail", "no list has"),
            ("rewrite the summary", "does not rewrite"),
            ("undo that", "discard"),
            ("make it better", "what \"it\" stands for"),
            ("double the company size", "no change that these rules know"),
            ("purple monkey dishwasher", "no change that these rules know"),
            ("add https://evil.example/x to notes", "links"),
            ("add @channel to notes", "links"),
            ("set annual revenue to €1m to $2m", "one currency"),
        ] {
            let left = refuses(icp(), request);
            assert!(left.detail.contains(why), "{request}: {}", left.detail);
        }
    }

    #[test]
    fn figures_that_do_not_add_up_are_quoted_back_with_their_reason() {
        for (request, why) in [
            ("raise solutions share by 5%", "points or a proportion"),
            ("raise solutions share by 5", "points or a proportion"),
            ("set solutions share to 15.0051%", "two decimals"),
            ("set solutions share to 15.005%", "may be 15,005 or 15.005"),
            ("set technology ACV to 40.000", "may be 40,000 or 40.00"),
            ("raise technology ACV by 5.000", "may be 5,000 or 5.00"),
            ("change technology ACV from 25k to 40,000", "may be 40,000 or 40.00"),
            ("set accounts to 1.00.000", "do not fit together"),
            ("set solutions share to 101%", "between 0% and 100%"),
            ("set solutions share to -1%", "between 0% and 100%"),
            ("set share to 20%", "for which"),
            ("set solutions to 20", "say which"),
            ("set technology ACV to €40k", "in USD"),
            ("set technology ACV to NaN", "NaN"),
            ("set currency to EUR", "every ACV"),
            ("lower technology ACV by 30k", "negative"),
            ("raise sales share by 90 points", "leave its limits"),
            ("raise technology ACV to 20k", "the other way"),
            ("change technology ACV from 20k to 30k", "is $25,000 now"),
            ("clear the accounts", "cannot be left empty"),
            ("clear solutions share", "cannot be left empty"),
        ] {
            let left = refuses(tam(), request);
            assert!(left.detail.contains(why), "{request}: {}", left.detail);
        }
    }

    #[test]
    fn another_section_is_named_with_its_address() {
        for (document, request, address) in [
            (icp(), "also change the TAM", SectionAddress::Tam),
            (icp(), "raise technology ACV by 5k", SectionAddress::Tam),
            (icp(), "set solutions share to 15%", SectionAddress::Tam),
            (icp(), "add migration to capabilities", SectionAddress::IppProfile),
            (icp(), "make reseller not recommended", SectionAddress::IppTypes),
            (tam(), "narrow the company size to 50-500", SectionAddress::Icp),
            (tam(), "in the ICP, add fintech to industries", SectionAddress::Icp),
            (profile(), "set the value proposition of referral to trust", SectionAddress::IppTypes),
            (types(), "add CFO to the buyers", SectionAddress::Icp),
        ] {
            let left = refuses(document, request);
            assert_eq!(left.why, Why::OtherSection(address), "{request}: {}", left.detail);
        }
        let (_, half) = read(icp(), "add DACH to regions and set solutions share to 15%");
        assert_eq!(half.understood, "add DACH to regions");
        assert_eq!(half.not_done[0].part, "set solutions share to 15%");
        assert_eq!(half.not_done[0].why, Why::OtherSection(SectionAddress::Tam));
    }

    #[test]
    fn what_is_so_already_is_said() {
        for (document, request) in [
            (icp(), "set company size to 20-1000"),
            (icp(), "add retail to industries"),
            (icp(), "put retail first"),
            (icp(), "clear the annual revenue"),
            (types(), "make reseller recommended"),
            (types(), "recommend reseller"),
        ] {
            assert_eq!(refuses(document, request).why, Why::AlreadySo, "{request}");
        }
    }

    #[test]
    fn a_refinement_goes_on_from_the_proposal() {
        let mut told = brief(icp(), "narrow the company size to 50–500 employees");
        for (request, understood) in [
            ("make it 50 to 400", "Company size: 50–500 employees → 50–400 employees"),
            ("actually 60-400", "Company size: 50–400 employees → 60–400 employees"),
            ("also add DACH to regions", "add DACH to regions"),
            ("remove DACH again from regions", ""),
        ] {
            let draft = drafted(&told);
            let said = told.request.clone();
            told = EditBrief {
                earlier: draft.operations,
                said: [told.said.as_slice(), &[said]].concat(),
                request: request.to_owned(),
                ..told
            };
            let refined = drafted(&told);
            assert_eq!(refined.understood, understood, "{request}");
            assert_eq!(check::edit(&told, &refined), [], "{request}");
        }
        let draft = drafted(&told);
        let after = apply(&told.document, &draft.operations).unwrap();
        assert_eq!(after.field("company_size").unwrap().display(), "60–400 employees");
        assert_eq!(after.field("regions").unwrap().display(), "UK, Benelux, DACH");
    }

    #[test]
    fn it_is_what_was_changed_last_in_time() {
        let mut icp = icp();
        icp = apply(
            &icp,
            &[Operation::Add {
                list: "notes".to_owned(),
                item: "Banks come later".to_owned(),
                after_id: None,
            }],
        )
        .unwrap();
        let mut told = brief(icp, "set the summary to \"Lenders\"");
        for (request, shown) in [
            ("add a note that we like lenders", "20–1,000 employees"),
            ("at least 60 employees", "60–1,000 employees"),
            ("make it 70 to 300", "70–300 employees"),
        ] {
            let draft = drafted(&told);
            told.said.push(told.request.clone());
            told = EditBrief { earlier: draft.operations, request: request.to_owned(), ..told };
            let draft = drafted(&told);
            assert_eq!(check::edit(&told, &draft), [], "{request}");
            assert_eq!(draft.not_done, [], "{request}");
            let after = apply(&told.document, &draft.operations).unwrap();
            assert_eq!(after.field("company_size").unwrap().display(), shown, "{request}");
        }
        let notes = EditBrief { request: "add a note that we like lenders".to_owned(), ..told };
        let earlier = drafted(&EditBrief { earlier: Vec::new(), ..notes.clone() }).operations;
        let it = EditBrief { earlier, request: "make it 70 to 300".to_owned(), ..notes };
        let draft = drafted(&it);
        assert!(draft.not_done[0].detail.contains("name the field"), "{:?}", draft.not_done);
    }

    #[test]
    fn words_about_how_a_text_reads_are_no_values() {
        for request in [
            "make the summary shorter",
            "make the summary a bit shorter and clearer",
            "the summary should be less technical",
            "make the summary half as long",
            "make the summary sound friendlier",
            "set the summary to longer",
            "make the summary more about lenders",
            "make the buyers nicer",
            "make the industries better",
            "make the buyers more senior",
            "make the company size bigger",
            "make it nicer",
        ] {
            let left = refuses(icp(), request);
            assert_eq!(left.part, request);
        }
        let (_, draft) = read(icp(), "drop the CFO; make it nicer");
        assert_eq!(draft.understood, "remove CFO from buyers");
        assert!(draft.not_done[0].detail.contains("\"nicer\""), "{:?}", draft.not_done);
        assert!(draft.not_done[0].detail.contains("add or remove"), "{:?}", draft.not_done);
        does(icp(), "set the buyers to \"Nicer\"", "in buyers, replace CFO, Head of risk by Nicer");
        let text = "Summary: Acme sells fraud detection to mid-market lenders. → More banks";
        does(icp(), "set the summary to more banks", text);
        does(icp(), "make the summary: More banks", text);
    }

    #[test]
    fn a_greeting_and_thanks_get_a_short_answer() {
        for (said, answer) in [
            ("thanks", "You are welcome."),
            ("Thank you very much!", "You are welcome."),
            ("hi", "Say in this thread"),
            ("ok", "Say in this thread"),
        ] {
            let (_, draft) = read(icp(), said);
            assert!(draft.operations.is_empty() && draft.not_done.is_empty(), "{said}");
            assert!(draft.answers[0].text.contains(answer), "{said}: {:?}", draft.answers);
        }
    }

    #[test]
    fn what_is_only_proposed_is_not_answered_as_a_fact() {
        let first = brief(tam(), "set solutions share to 20%");
        let earlier = drafted(&first).operations;
        let ask = |request: &str| {
            let told = EditBrief {
                earlier: earlier.clone(),
                request: request.to_owned(),
                ..first.clone()
            };
            drafted(&told).answers[0].text.clone()
        };
        let basis = ask("what is the solutions share?");
        assert!(basis.starts_with("Solutions share is 15%, a starting assumption"), "{basis}");
        assert!(basis.contains("Proposed in this thread, not accepted yet: 20%."), "{basis}");
        let what_if = ask("what if solutions share were 30%?");
        assert!(what_if.contains("To propose another value, say: set solutions share to …"));
        assert!(!ask("what is the sales share?").contains("Proposed"));
    }

    #[test]
    fn questions_are_answered_from_what_is_recorded() {
        let ask = |document, question| {
            let (_, draft) = read(document, question);
            assert!(draft.operations.is_empty() && draft.not_done.is_empty(), "{question}");
            draft.answers.into_iter().next().unwrap()
        };
        let basis = ask(tam(), "What's the basis for the 15% solutions share estimate?");
        assert_eq!(
            basis.text,
            "Solutions share is 15%, a starting assumption: nobody has given a basis yet."
        );
        assert_eq!(basis.sources, ["Solutions share: 15% (starting assumption)"]);
        assert_eq!(
            ask(icp(), "who are the buyers?").text,
            "Buyers: CFO, Head of risk. No basis is recorded for it."
        );
        let none = ask(icp(), "what is the weather like?");
        assert!(none.sources.is_empty() && none.text.starts_with("Nothing that is recorded"));
    }

    /// Words that mean something to the grammar, and some that do not.
    const SALAD: &[&str] = &[
        "set",
        "make",
        "narrow",
        "change",
        "raise",
        "lower",
        "cut",
        "add",
        "remove",
        "drop",
        "clear",
        "replace",
        "rename",
        "move",
        "put",
        "swap",
        "recommend",
        "stop recommending",
        "note that",
        "add a note",
        "company size",
        "industries",
        "regions",
        "buyers",
        "summary",
        "annual revenue",
        "notes",
        "solutions",
        "technology",
        "sales",
        "reseller",
        "referral",
        "share",
        "ACV",
        "accounts",
        "source",
        "value proposition",
        "recommended",
        "it",
        "minimum",
        "maximum",
        "the",
        "our",
        "ICP",
        "TAM",
        "IPP",
        "to",
        "by",
        "from",
        "in",
        "of",
        "and",
        "then",
        "with",
        "before",
        "after",
        "first",
        "at least",
        "up to",
        "between",
        "should be",
        "not",
        "don't",
        "except",
        "if",
        "or",
        "because",
        "50",
        "500",
        "-500",
        "50-500",
        "50–500",
        "5%",
        "15.005%",
        "5 points",
        "40k",
        "$1.5m",
        "€2m",
        "1,000",
        "ISO 27001",
        "Q3",
        "9",
        "retail",
        "Retail",
        "Insurance",
        "fintech",
        "\"",
        "\"oil and gas\"",
        "'",
        ",",
        ";",
        ".",
        ":",
        "=",
        "->",
        "–",
        "?",
        "\n",
        "\u{200b}",
        "٥",
        "half",
        "million",
        "https://x.y/z",
        "@here",
        "é",
        "for",
        "all",
        "employees",
        "please",
        "also",
        "what",
        "100%",
        "0",
        "99999999999999999999",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_500))]
        #[test]
        fn no_mangled_request_crashes_or_brings_a_number_that_nobody_gave(
            which in 0..4_usize,
            words in proptest::collection::vec(proptest::sample::select(SALAD), 1..14),
            glue in proptest::sample::select(&[" ", " ", "", "  "][..]),
            refined in proptest::bool::ANY,
        ) {
            let document = [icp(), tam(), types(), profile()][which].clone();
            let mut told = brief(document, &words.join(glue));
            let mut draft = drafted(&told);
            proptest::prop_assert_eq!(check::edit(&told, &draft), []);
            if refined {
                let said = vec![told.request.clone()];
                let request = format!("make it {}", words.join(" "));
                told = EditBrief { earlier: draft.operations, said, request, ..told };
                draft = drafted(&told);
                proptest::prop_assert_eq!(check::edit(&told, &draft), []);
            }
            let after = apply(&told.document, &draft.operations).unwrap();
            proptest::prop_assert!(after.check().is_ok());
        }

        #[test]
        fn no_text_whatever_crashes(request in "\\PC{0,80}") {
            for document in [icp(), tam(), types(), profile()] {
                let told = brief(document, &request);
                proptest::prop_assert_eq!(check::edit(&told, &drafted(&told)), []);
            }
        }
    }
}
