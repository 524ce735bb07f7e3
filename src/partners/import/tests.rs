//! What files become, through the front of this room.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::numbers::Convention;
use crate::partners::{Attribution, Currency, Deal, Model, Moment, Outcome, Partner, Tier};

fn csv(kind: Kind, text: &str) -> Import {
    read(kind, text.as_bytes(), &Known::default()).unwrap()
}

fn refused(kind: Kind, text: &str) -> Vec<(usize, String)> {
    csv(kind, text).refused.into_iter().map(|row| (row.line, row.reason)).collect()
}

fn partners(import: &Import) -> &[Partner] {
    match &import.rows {
        Rows::Partners(rows) => rows,
        other => panic!("not partners: {other:?}"),
    }
}

fn deals(import: &Import) -> &[Deal] {
    match &import.rows {
        Rows::Deals(rows) => rows,
        other => panic!("not deals: {other:?}"),
    }
}

fn file_refused(bytes: &[u8]) -> FileRefused {
    read(Kind::Partners, bytes, &Known::default()).unwrap_err()
}

#[test]
fn the_template_without_its_mark_is_a_right_file_with_every_column() {
    for kind in Kind::ALL {
        let import = csv(kind, &template(kind).replace("# ", ""));
        assert_eq!(import.refused, [], "{kind:?}");
        assert_eq!(import.rows.len(), 1);
        let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
        assert_eq!(*import.columns[0], names[..]);
    }
}

#[test]
fn the_example_row_of_a_template_is_left_out_and_said() {
    let import = csv(
        Kind::Partners,
        &format!("{}P-9{}\n", template(Kind::Partners), ",x".to_owned() + &",".repeat(17)),
    );
    assert_eq!(import.rows.len(), 1);
    assert_eq!(import.notes, ["the example row of the template was left out"]);
}

#[test]
fn a_partner_is_read_with_all_its_columns() {
    let import = csv(Kind::Partners, &template(Kind::Partners).replace("# ", ""));
    let partner = &partners(&import)[0];
    assert_eq!(partner.models, [Model::CoSell, Model::Implementation]);
    assert_eq!(partner.tier, Some(Tier::Gold));
    assert_eq!(partner.dedicated_practice, Some(false));
    assert_eq!(partner.agreement_date, Some(date(2025, 3, 1)));
    assert_eq!(partner.industries, ["Logistics", "Manufacturing"]);
    assert_eq!(partner.company_size_served.unwrap().to_string(), "50-500");
}

#[test]
fn a_byte_order_mark_windows_line_ends_and_quoted_line_breaks_are_read() {
    let text = "\u{FEFF}external_id,name\r\nP-1,\"Two\r\nlines\"\r\n\r\nP-2,\r\n";
    let import = csv(Kind::Partners, text);
    assert_eq!(partners(&import)[0].name, "Two lines");
    assert_eq!(import.refused[0].line, 5);
    assert_eq!(import.refused[0].reason, "name: is empty");
}

#[test]
fn header_cells_are_read_as_people_write_them() {
    let import = csv(Kind::Partners, "External ID, Name ,Owner-Email\nP-1,One,a@b.example\n");
    assert_eq!(partners(&import)[0].owner_email.as_deref(), Some("a@b.example"));
}

#[test]
fn a_wrong_header_names_the_nearest_column_and_what_is_missing() {
    let FileRefused::Header(problems) =
        file_refused(b"external_id,teir,teir,tier,tier,colour of the sky\nP-1,,,,,\n")
    else {
        panic!("the header was taken");
    };
    assert_eq!(
        problems,
        [
            "column \"teir\" is not known: did you mean tier?",
            "column \"teir\" is not known: did you mean tier?",
            "column \"colour of the sky\" is not known: remove it, or see the template",
            "column tier is there twice",
            "column name is missing",
        ]
    );
}

#[test]
fn semicolons_and_tabs_are_taken_as_separators_and_said() {
    let import = csv(Kind::Partners, "external_id;name;industries\nP-1;One;\"Retail;Banking\"\n");
    assert_eq!(partners(&import)[0].industries, ["Retail", "Banking"]);
    assert_eq!(import.notes.len(), 1);
    let import = csv(Kind::Partners, "external_id\tname\nP-1\tOne, two\n");
    assert_eq!(partners(&import)[0].name, "One, two");
}

#[test]
fn a_row_with_a_cell_too_many_is_refused_with_a_way_out() {
    let said = refused(Kind::Partners, "external_id,name\nP-1,Smith, Jones\nP-2,Fine\n");
    assert_eq!(said.len(), 1);
    assert!(said[0].1.starts_with("the row has 3 cells and the header 2"), "{said:?}");
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_at_once() {
    let text = "external_id,name,partner_type,tier,models,certified_individuals,dedicated_practice,agreement_date,company_size_served,owner_email,domain\n\
                P-1,One,reseler,Platinm,co-sel;resale,-3,maybe,31.12.2025,big,nobody,nowhere\n";
    let said = refused(Kind::Partners, text);
    assert_eq!(said.len(), 1);
    for part in [
        "domain: \"nowhere\" is not a domain",
        "partner_type: \"reseler\" is not known: did you mean reseller?",
        "models: \"co-sel\" is not known: did you mean co_sell?",
        "tier: \"Platinm\" is not known: did you mean platinum?",
        "certified_individuals: \"-3\" is not a whole number",
        "dedicated_practice: \"maybe\" is neither yes nor no",
        "agreement_date: \"31.12.2025\" is not a date with its year first: write 2025-12-31",
        "company_size_served: \"big\" is not a range",
        "owner_email: \"nobody\" is not an email address",
    ] {
        assert!(said[0].1.contains(part), "{part} in {}", said[0].1);
    }
}

#[test]
fn an_unknown_word_far_from_all_lists_them() {
    let said = refused(Kind::Partners, "external_id,name,tier\nP-1,One,diamond\n");
    assert_eq!(said[0].1, "tier: \"diamond\" is not known: use registered, silver, gold, platinum");
}

#[test]
fn an_id_twice_in_a_file_is_refused_with_its_first_line_even_when_that_was_refused() {
    let said = refused(Kind::Partners, "external_id,name\nP-1,\nP-1,One\n");
    assert_eq!(said[1], (3, "external_id: is on line 2 already".to_owned()));
}

#[test]
fn amounts_are_exact_and_need_their_currency() {
    let head = "external_id,name,attribution,amount,currency\n";
    let import = csv(
        Kind::Deals,
        &format!(
            "{head}D-1,A,direct,12500.5,USD\nD-2,B,direct,\"12,50\",USD\nD-3,C,direct,1,\nD-4,D,direct,-1,USD\n"
        ),
    );
    let minor: Vec<_> = deals(&import).iter().map(|deal| deal.amount.unwrap().minor).collect();
    assert_eq!(minor, [1_250_050, 1_250]);
    let reasons: Vec<_> = import.refused.iter().map(|row| row.reason.as_str()).collect();
    assert_eq!(reasons, ["currency: is empty, and amount needs one", "amount: is below 0"]);
}

#[test]
fn an_amount_that_may_be_two_waits_for_what_the_file_states_or_shows() {
    let head = "external_id;name;attribution;amount;currency\n";
    let text = format!("{head}D-1;A;direct;48.000;EUR\n");
    let said = refused(Kind::Deals, &text);
    assert_eq!(said[0].0, 2);
    assert!(said[0].1.contains("48,000") && said[0].1.contains("48.00"), "{said:?}");
    let read = |text: &str, decimal| {
        let how = How { decimal, ..How::default() };
        let import = parse(Kind::Deals, text.as_bytes(), &how).unwrap();
        let minor = deals(&import).iter().map(|deal| deal.amount.unwrap().minor).collect();
        (minor, import.notes)
    };
    let (stated, _): (Vec<i64>, _) = read(&text, Some(Convention::Comma));
    assert_eq!(stated, [4_800_000]);
    assert_eq!(read(&text, Some(Convention::Point)).0, [4_800]);
    let (shown, notes) = read(&format!("{text}D-2;B;direct;1.250,50;EUR\n"), None);
    assert_eq!(shown, [4_800_000, 125_050]);
    assert!(notes[1].contains("\"48.000\" read with a decimal comma"), "{notes:?}");
    let mixed =
        refused(Kind::Deals, &format!("{text}D-2;B;direct;1,50;EUR\nD-3;C;direct;1.50;EUR\n"));
    assert_eq!(mixed.len(), 1, "{mixed:?}");
}

#[test]
fn a_json_number_has_one_reading_and_a_json_text_may_have_two() {
    let json = |amount: &str| {
        let text = format!(
            "[{{\"external_id\":\"D-1\",\"name\":\"A\",\"attribution\":\"direct\",\
             \"amount\":{amount},\"currency\":\"USD\"}}]"
        );
        csv(Kind::Deals, &text)
    };
    assert_eq!(deals(&json("48000.5"))[0].amount.unwrap().minor, 4_800_050);
    assert!(json("\"48.000\"").refused[0].reason.contains("may be"));
}

#[test]
fn what_spreadsheets_put_around_and_instead_of_values_is_taken_as_meant() {
    let import = csv(
        Kind::Partners,
        "sep=;\nexternal_id;name;region;company_size_served;status;;\n\
         =\"P-009\";\"Acme \"Best\" Ltd\";#N/A;1,001-5,000;ACTIVE;;\n\
         #1042;Two;NULL;10.001+;archived;;\n\
         '0042;Three;-;n/a;Prospect;;\n",
    );
    assert_eq!(import.refused, []);
    let rows = partners(&import);
    let ids: Vec<_> = rows.iter().map(|row| row.external_id.as_str()).collect();
    assert_eq!(ids, ["P-009", "#1042", "0042"]);
    assert_eq!(rows[0].name, "Acme \"Best\" Ltd");
    assert!(rows.iter().all(|row| row.region.is_none()));
    assert_eq!(rows[0].company_size_served.unwrap().to_string(), "1001-5000");
    assert_eq!(import.lines, [3, 4, 5]);
    assert!(import.notes.iter().any(|note| note.starts_with("4 cells with a word for nothing")));
    for wrong in ["=SUM(A1)", "=1+2"] {
        let said = refused(Kind::Partners, &format!("external_id,name\nP-1,{wrong}\n"));
        assert!(said[0].1.contains("name: holds a formula"), "{said:?}");
    }
    let said = refused(Kind::Partners, "external_id,name\n# P-7,Seven\n-,One\n");
    assert!(said[0].1.contains("begins with # and a space"), "{said:?}");
    assert_eq!(said[1].1, "external_id: holds a word for nothing, so it is empty");
}

#[test]
fn the_opposite_of_a_word_is_no_slip_of_the_finger() {
    let said = refused(Kind::Partners, "external_id,name,status\nP-1,One,Inactive\n");
    assert_eq!(
        said[0].1,
        "status: \"Inactive\" is not known: use prospect, recruiting, active, archived"
    );
    let said = refused(Kind::Deals, "external_id,name,attribution\nD-1,One,indirect\n");
    assert!(said[0].1.ends_with("use sourced, influenced, direct"), "{said:?}");
}

#[test]
fn a_quote_that_is_not_closed_swallows_no_row() {
    let text = "external_id,name\nP-1,One\nP-2,\"Two\nP-3,Three\n";
    assert_eq!(file_refused(text.as_bytes()), FileRefused::OpenQuote(3));
    let lines = |text: &str| refused(Kind::Partners, text)[0].0;
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(lines(&["external_id,name", "P-1,One", "P-2,"].join(end)), 3, "{end:?}");
    }
}

#[test]
fn dates_that_cannot_be_are_said_with_their_lines() {
    let text = "external_id,name,attribution,registered_at,closed_at,outcome\n\
                D-1,A,direct,2026-03-01,2025-03-01,won\nD-2,B,direct,2026-03-01,2062-03-01,won\n";
    let known = Known { today: Some(date(2026, 10, 5)), ..Known::default() };
    let import = read(Kind::Deals, text.as_bytes(), &known).unwrap();
    assert_eq!(import.refused, []);
    assert_eq!(
        import.notes,
        [
            "deals closed before they were registered, kept out of figures: line 2",
            "deals closed in the future, kept out of figures: line 3"
        ]
    );
}

#[test]
fn a_hostile_file_ends_where_its_bound_is() {
    let wide = ",".repeat(4_000_000);
    assert_eq!(file_refused(wide.as_bytes()), FileRefused::TooManyColumns);
    let many = format!("[{}]", vec!["{\"\":0}"; MAX_ROWS + 1].join(","));
    assert_eq!(file_refused(many.as_bytes()), FileRefused::TooManyRows);
    let rows: String = (0..MAX_REFUSED + 5).map(|_| "x,\n").collect();
    let import = csv(Kind::Partners, &format!("external_id,name\n{rows}"));
    assert_eq!((import.refused.len(), import.more_refused), (MAX_REFUSED, 5));
    let stop = || true;
    let how = How { stop: Some(&stop), ..How::default() };
    let stopped = parse(Kind::Partners, b"external_id,name\nP-1,One\n", &how);
    assert_eq!(stopped, Err(FileRefused::Stopped));
}

#[test]
fn one_file_has_one_currency_and_so_has_a_workspace() {
    let text =
        "external_id,name,attribution,amount,currency\nD-1,A,direct,900,JPY\nD-2,B,direct,1,USD\n";
    let import = csv(Kind::Deals, text);
    assert_eq!(deals(&import)[0].amount.unwrap().minor, 900);
    assert!(import.refused[0].reason.contains("the file is in JPY since row 2"));
    let known = Known { currency: Some(Currency::USD), ..Known::default() };
    let import = read(Kind::Deals, text.as_bytes(), &known).unwrap();
    assert_eq!(deals(&import)[0].external_id, "D-2");
    assert!(import.refused[0].reason.contains("this workspace keeps its figures in USD"));
}

#[test]
fn the_cells_of_a_deal_must_fit_each_other() {
    let head = "external_id,partner_external_id,name,attribution,registered_at,responded_at,closed_at,outcome\n";
    let said = refused(
        Kind::Deals,
        &format!(
            "{head}1,,N,sourced,,,,\n2,P-1,N,direct,,,,\n3,,N,direct,,,,won\n4,,N,direct,,,2026-01-01,open\n\
             5,,N,direct,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,,\n6,,N,direct,,2026-01-01,,\n\
             7,,N,direct,2026-01-02T09:00:00,,,\n8,P-1,N,influenced,2026-01-02,2026-01-02,2026-02-03,lost\n"
        ),
    );
    let reasons: Vec<_> = said.iter().map(|(_, reason)| reason.as_str()).collect();
    for (reason, part) in reasons.iter().zip([
        "only a direct deal has no partner",
        "a direct deal has no partner",
        "a deal that is won or lost needs its day",
        "an open deal is not closed",
        "is before registered_at",
        "no registered_at to respond to",
        "is not a moment",
    ]) {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(reasons.len(), 7);
}

#[test]
fn a_deal_of_an_unknown_partner_is_refused_when_the_partners_are_known() {
    let partners = BTreeSet::from(["P-1".to_owned()]);
    let known = Known { partners: Some(&partners), ..Known::default() };
    let text = "external_id,partner_external_id,kind,date\nA-1,P-1,meeting,2026-01-01\nA-2,P-2,meeting,2026-01-01\n";
    let import = read(Kind::Activities, text.as_bytes(), &known).unwrap();
    assert_eq!(import.rows.len(), 1);
    assert_eq!(import.refused[0].reason, "partner_external_id: there is no partner \"P-2\"");
}

#[test]
fn hidden_characters_are_refused_and_harmless_ones_taken_out() {
    let import = csv(
        Kind::Partners,
        "external_id,name\nP-1,Ac\u{202E}me\nP-2,Ac\u{E0041}me\nP-3,Ac\u{1b}[0me\nP-4,Ac\u{200B}me\n",
    );
    let reasons: Vec<_> = import.refused.iter().map(|row| row.reason.as_str()).collect();
    assert!(reasons[0].contains("U+202E") && reasons[1].contains("U+E0041"), "{reasons:?}");
    assert!(reasons[2].contains("U+001B"));
    assert_eq!(partners(&import)[0].name, "Acme");
    assert_eq!(import.notes, ["invisible characters were taken out of 1 cell"]);
}

#[test]
fn what_a_refusal_quotes_hides_nothing() {
    let text = "external_id,name,te\u{202E}ir\nP-1,One,\n";
    let said = file_refused(text.as_bytes()).to_string();
    assert!(!said.contains('\u{202E}') && said.contains("did you mean tier"), "{said}");
}

#[test]
fn a_cell_may_have_two_thousand_characters_and_no_more() {
    let row = |n| format!("external_id,name\nP-1,{}\n", "é".repeat(n));
    assert_eq!(csv(Kind::Partners, &row(MAX_CELL)).refused, []);
    assert!(refused(Kind::Partners, &row(MAX_CELL + 1))[0].1.contains("more than 2000"));
}

#[test]
fn files_that_are_too_large_or_too_long_are_refused_as_a_whole() {
    assert_eq!(file_refused(&vec![b'a'; MAX_BYTES + 1]), FileRefused::TooLarge(MAX_BYTES + 1));
    let rows = |n: usize| {
        (0..n).fold("external_id,name\n".to_owned(), |text, i| text + &format!("{i},x\n"))
    };
    assert_eq!(csv(Kind::Partners, &rows(MAX_ROWS)).rows.len(), MAX_ROWS);
    assert_eq!(file_refused(rows(MAX_ROWS + 1).as_bytes()), FileRefused::TooManyRows);
}

#[test]
fn what_is_no_text_or_has_no_rows_is_refused_as_a_whole() {
    assert_eq!(file_refused(b"external_id,name\nP-1,\xCC\xEE\xF1\n"), FileRefused::NotUtf8(2));
    for empty in ["", "\n\n", "external_id,name\n", "external_id,name\n,\n", "\u{FEFF}"] {
        assert_eq!(file_refused(empty.as_bytes()), FileRefused::NoRows, "{empty:?}");
    }
}

#[test]
fn json_has_the_same_columns_and_the_same_refusals() {
    let text = r#"[
        {"external_id": "D-1", "name": "A", "attribution": "direct", "amount": 12500.5, "currency": "USD",
         "registered_at": "2026-01-02", "outcome": null},
        {"external_id": "D-2", "name": "B", "attribution": "dirct", "amout": 1},
        7,
        {"external_id": "D-4", "name": {"x": 1}, "attribution": "direct"}
    ]"#;
    let import = read(Kind::Deals, text.as_bytes(), &Known::default());
    let import = import.unwrap();
    let deal = &deals(&import)[0];
    assert_eq!((deal.amount.unwrap().minor, deal.outcome), (1_250_050, Outcome::Open));
    assert_eq!(deal.registered_at, Some(Moment::On(date(2026, 1, 2))));
    assert_eq!(deal.attribution, Attribution::Direct);
    let lines: Vec<_> = import.refused.iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert!(import.refused[0].reason.contains("did you mean amount?"));
    assert!(import.refused[0].reason.contains("did you mean direct?"));
    assert!(import.refused[1].reason.starts_with("is not an object"));
    assert_eq!(
        *import.columns[0],
        ["external_id", "attribution", "name", "amount", "currency", "registered_at", "outcome"]
    );
}

#[test]
fn json_lists_are_taken_as_they_are_and_wrong_json_is_refused() {
    let json = |text: &str| read(Kind::Partners, text.as_bytes(), &Known::default());
    let import = json(
        r#"[{"external_id":"P-1","name":"One","industries":["Media, telecom","Retail","retail"]}]"#,
    );
    assert_eq!(partners(&import.unwrap())[0].industries, ["Media, telecom", "Retail"]);
    assert!(matches!(json("{}"), Err(FileRefused::NotJson(_))));
    assert!(matches!(json("[{"), Err(FileRefused::NotJson(_))));
    assert_eq!(json("[]"), Err(FileRefused::NoRows));
    assert!(matches!(json(&"[".repeat(100_000)), Err(FileRefused::NotJson(_))));
}

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let header =
        "external_id,name,attribution,amount,currency,registered_at,kind,date,industries,tier";
    let cell = prop_oneof!["[ -~]{0,6}", "\\PC{0,4}", Just("\"".to_owned()), Just("\n".to_owned())];
    let body = proptest::collection::vec(cell, 0..60).prop_map(|cells| cells.join(","));
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        body.clone().prop_map(move |body| format!("{header}\n{body}").into_bytes()),
        body.prop_map(|body| format!("[{{\"external_id\":{body:?}}}]").into_bytes()),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_never_panic(bytes in any_file()) {
        for kind in Kind::ALL {
            if let Ok(import) = read(kind, &bytes, &Known::default()) {
                prop_assert!(import.refused.iter().all(|row| !row.reason.is_empty()));
                prop_assert!(import.rows.len() + import.refused.len() > 0);
            }
        }
    }

    #[test]
    fn any_two_cells_under_a_right_header_become_a_row_or_a_reason(id in "\\PC{0,5}", name in "\\PC{0,5}") {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let text = format!("external_id,name\n{},{}\n", quoted(&id), quoted(&name));
        match read(Kind::Partners, text.as_bytes(), &Known::default()) {
            Ok(import) => prop_assert_eq!(import.rows.len() + import.refused.len() , 1),
            Err(refused) => prop_assert_eq!(refused, FileRefused::NoRows),
        }
    }
}
