//! Numbers in chat, forms and settings: read as their author reads them, or asked about.

use std::collections::BTreeSet;

use attache::numbers::{self, Decimal, NotExact, Why};

use super::bot::{Face, on_every_face};

#[test]
fn a_number_that_may_be_two_is_asked_about_and_set_as_pressed() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy tam set technology acv=40.000").await;
        let asked = bot.last_whisper("ana").await;
        asked.says("\"40.000\" may be 40,000 or 40.00. Nothing was changed. Which is meant?");
        assert_eq!(asked.labels(), ["40,000", "40.00"]);
        assert_eq!(bot.revision("tam").await, 1, "nothing is saved before a button is pressed");
        // The console does not even show it to others.
        if bot.face == Face::Slack {
            bot.click("ben", &asked, "40.00").await;
            bot.last_whisper("ben").await.says("Somebody else was asked this.");
            bot.click("vic", &asked, "40.00").await;
            bot.last_whisper("vic").await.says("You need the role member or higher");
        }

        bot.click("ana", &asked, "40,000").await;
        let saved = bot.last_whisper("ana").await;
        assert_eq!(saved.change("Technology ACV").1, "$40,000 (Ana, 5 Oct 2026)");
        assert_eq!(bot.revision("tam").await, 2);
        bot.click("ana", &asked, "40,000").await;
        bot.last_whisper("ana").await.says("These values stand there already.");
        bot.click("ana", &asked, "40.00").await;
        bot.last_whisper("ana").await.says("Partner TAM changed since this was asked");
        assert_eq!(bot.revision("tam").await, 2, "a second press is harmless");

        bot.say("ben", "/strategy tam set accounts=1,500 source=\"list of 2.500\"").await;
        let asked = bot.last_whisper("ben").await;
        bot.click("ben", &asked, "1,500").await;
        let saved = bot.last_whisper("ben").await;
        assert_eq!(
            saved.change("Addressable accounts").1,
            "1,500 (list of 2.500, Ben, 5 Oct 2026)"
        );
    });
}

#[test]
fn a_number_reads_in_each_way_that_people_write_it() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        for (typed, field, value) in [
            ("technology acv=1,5 Mio", "Technology ACV", "$1,500,000 "),
            ("technology acv=$1.6 million", "Technology ACV", "$1,600,000 "),
            ("technology acv=40 000", "Technology ACV", "$40,000 "),
            ("technology acv=41\u{a0}000", "Technology ACV", "$41,000 "),
            ("technology acv=42'000", "Technology ACV", "$42,000 "),
            ("technology acv=1.000.000", "Technology ACV", "$1,000,000 "),
            ("technology acv=４５０００", "Technology ACV", "$45,000 "),
            ("technology acv=4.500,50", "Technology ACV", "$4,500.50 "),
            ("solutions share=17\u{a0}%", "Solutions share", "17% "),
            ("solutions share=15,5 %", "Solutions share", "15.5% "),
            ("accounts=1.000.000", "Addressable accounts", "1,000,000 "),
        ] {
            bot.say("ana", &format!("/strategy tam set {typed}")).await;
            let saved = bot.last_whisper("ana").await;
            assert!(saved.change(field).1.starts_with(value), "{typed}: {}", saved.change(field).1);
        }
        let stands = bot.revision("tam").await;
        for half in ["1.00.000", "1,2,3", "1.000,000,5", "40.000 €", "40 00", "007", "5kk"] {
            bot.say("ana", &format!("/strategy tam set technology acv={half}")).await;
            let told = bot.last_whisper("ana").await;
            told.says("Nothing was changed.");
            assert_eq!(bot.revision("tam").await, stands, "{half}");
        }
    });
}

#[test]
fn words_with_a_number_that_may_be_two_become_a_proposal_as_pressed() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "tam", "set accounts to 1.000.000").await;
        let card = bot.card(&thread).await;
        assert!(card.change("Addressable accounts").1.starts_with("1,000,000"), "{}", card.words);
        bot.click("ana", &card, "Discard").await;

        bot.say_in(&thread, "ana", "set accounts to 35.000").await;
        let asked = bot.last_whisper("ana").await;
        asked.says("\"35.000\" may be 35,000 or 35.00.");
        assert_eq!(
            bot.card(&thread).await.change("Addressable accounts").1,
            card.change("Addressable accounts").1
        );
        bot.click("ana", &asked, "35,000").await;
        let card = bot.card(&thread).await;
        assert!(card.change("Addressable accounts").1.starts_with("35,000"), "{}", card.words);
        bot.click("ana", &asked, "35,000").await;
        bot.click("ana", &card, "Edit & accept").await;
        let form = bot.form("ana").await;
        let faults = bot.submit("ana", &form, &[("Addressable accounts", "36.000")]).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].1.contains("may be 36,000 or 36.00"), "{faults:?}");
        assert_eq!(bot.revision("tam").await, 1);
        bot.click("ana", &card, "Accept").await;
        assert_eq!(bot.revision("tam").await, 2);
    });
}

#[test]
fn a_form_shows_both_readings_at_the_field() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ben", "/strategy tam").await;
        let tam = bot.last_whisper("ben").await;
        bot.click("ben", &tam, "Change share or ACV").await;
        let form = bot.form("ben").await;
        let faults = bot.submit("ben", &form, &[("Sales ACV", "35.000")]).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].0, form.field("Sales ACV").name);
        assert!(faults[0].1.contains("\"35.000\" may be 35,000 or 35.00"), "{faults:?}");
        assert_eq!(bot.revision("tam").await, 1);
        assert_eq!(bot.submit("ben", &form, &[("Sales ACV", "$35 000")]).await, []);
        assert_eq!(
            bot.last_whisper("ben").await.change("Sales ACV").1,
            "$35,000 (Ben, 5 Oct 2026)"
        );

        bot.say("ana", "/strategy setup 2").await;
        let form = bot.form("ana").await;
        let faults = bot.submit("ana", &form, &[("Current ARR", "€4.500")]).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].0, form.field("Current ARR").name);
        assert!(faults[0].1.contains("may be 4,500 or 4.50"), "{faults:?}");
    });
}

/// Strings that are tried; `ATTACHE_TEST_NUMBERS` says how many.
fn sample() -> u32 {
    super::bot::stage::told("ATTACHE_TEST_NUMBERS")
        .map_or(40_000, |text| text.parse().expect("a number of strings"))
}

/// A careful reader who prints instead of parsing: a string means a number in a country when that
/// country would write the number as that string.
mod careful {
    use super::BTreeSet;

    /// Sign before decimals, and sign between thousands.
    const COUNTRIES: [(char, Option<char>); 11] = [
        ('.', None),
        (',', None),
        ('.', Some(',')),
        (',', Some('.')),
        ('.', Some(' ')),
        (',', Some(' ')),
        ('.', Some('\'')),
        (',', Some('\'')),
        ('d', None),
        ('d', Some('\'')),
        ('d', Some(' ')),
    ];

    /// Every number that some country writes so: minus sign, digits, decimals.
    pub fn meanings(text: &str) -> BTreeSet<(bool, String, String)> {
        let text = text.trim();
        let Some(plain) = one_script(text) else { return BTreeSet::new() };
        let (minus, plain) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start().to_owned()),
            None => (false, plain),
        };
        let meant = COUNTRIES.iter().filter_map(|country| number(&plain, *country));
        meant
            .map(|(whole, decimals)| {
                (minus && (whole != "0" || !decimals.is_empty()), whole, decimals)
            })
            .collect()
    }

    fn number(text: &str, (mark, group): (char, Option<char>)) -> Option<(String, String)> {
        let digits = |part: &str| -> String { part.chars().filter(char::is_ascii_digit).collect() };
        let (whole, decimals) = match text.split_once(mark) {
            Some((whole, decimals)) => (digits(whole), Some(digits(decimals))),
            None => (digits(text), None),
        };
        if whole.is_empty() || decimals.as_ref().is_some_and(String::is_empty) {
            return None;
        }
        let printed = |grouped: bool| {
            let mut out = String::new();
            for (at, digit) in whole.chars().enumerate() {
                if let Some(group) = group
                    && grouped
                    && at > 0
                    && (whole.len() - at) % 3 == 0
                {
                    out.push(group);
                }
                out.push(digit);
            }
            match &decimals {
                Some(decimals) => format!("{out}{mark}{decimals}"),
                None => out,
            }
        };
        let sound = whole == "0" || !whole.starts_with('0');
        let same = printed(false) == text || printed(true) == text;
        let decimals = decimals.unwrap_or_default().trim_end_matches('0').to_owned();
        (sound && same).then_some((whole, decimals))
    }

    /// With plain signs; none where digits of two scripts are mixed.
    fn one_script(text: &str) -> Option<String> {
        let mut scripts = BTreeSet::new();
        let plain = text.chars().map(|c| {
            for (name, zero) in [(0, 0x30), (1, 0xff10), (2, 0x660), (3, 0x6f0)] {
                let digits = zero..zero + 10_u32;
                if digits.contains(&u32::from(c)) {
                    scripts.insert(name);
                    return char::from_digit(u32::from(c) - zero, 10).unwrap();
                }
            }
            match c {
                '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
                '’' | '٬' => '\'',
                '٫' => 'd',
                '−' => '-',
                '．' => '.',
                '，' => ',',
                other => other,
            }
        });
        let plain = plain.collect();
        (scripts.len() == 1).then_some(plain)
    }
}

/// The next random number of a fixed sequence.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }
}

const SIGNS: [&str; 11] =
    [".", ",", " ", "'", "’", "\u{a0}", "\u{202f}", "\u{2009}", "٬", "٫", "．"];

fn written(dice: &mut Dice) -> String {
    let zero = [0x30, 0x30, 0x30, 0x30, 0xff10, 0x660, 0x6f0][dice.roll(7)];
    let mut out = String::from(dice.of(&["", "", "", "", "-", "−", "+", " ", "- "]));
    let (group, mark) = (dice.of(&SIGNS), dice.of(&SIGNS));
    let groups = 1 + dice.roll(4);
    for at in 0..groups {
        let usual = if at == 0 { 1 + dice.roll(3) } else { 3 };
        let length = if dice.roll(12) == 0 { 1 + dice.roll(5) } else { usual };
        let sign = match dice.roll(16) {
            0 => dice.of(&SIGNS),
            1 => "",
            _ if at + 1 == groups && dice.roll(3) == 0 => mark,
            _ => group,
        };
        if at > 0 {
            out.push_str(sign);
        }
        for _ in 0..length {
            let odd = if dice.roll(400) == 0 { 0x660 } else { zero };
            out.extend(char::from_u32(odd + u32::try_from(dice.roll(10)).unwrap()));
        }
    }
    out.push_str(dice.of(&["", "", "", "", "", " ", ".", "-", ",5", ".0"]));
    out
}

fn parts(number: Decimal) -> (bool, String, String) {
    let shown = number.shown().replace(',', "");
    let bare = shown.trim_start_matches('-');
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
    (number.is_negative(), whole.to_owned(), decimals.to_owned())
}

/// Whether the only sign stands before exactly three digits, where it is never guessed.
fn may_be_either(text: &str) -> bool {
    let marks: Vec<char> = text.chars().filter(|c| ".,．，".contains(*c)).collect();
    let behind = text.trim().rsplit(['.', ',', '．', '，']).next().unwrap_or_default();
    marks.len() == 1 && behind.chars().count() == 3
}

#[test]
fn no_string_reads_as_a_number_that_a_careful_reader_would_not_give() {
    let mut dice = Dice(20_261_129);
    let (mut exact, mut ambiguous) = (0_u32, 0_u32);
    for _ in 0..sample() {
        let text = written(&mut dice);
        let meant = careful::meanings(&text);
        match numbers::read(&text, None) {
            Ok(number) => {
                exact += 1;
                assert_eq!(meant, BTreeSet::from([parts(number)]), "{text:?}");
            }
            Err(NotExact::Ambiguous(both)) => {
                ambiguous += 1;
                let both = BTreeSet::from([parts(both.grouped), parts(both.decimal)]);
                assert!(may_be_either(&text) && meant.is_subset(&both), "{text:?}: {both:?}");
            }
            Err(NotExact::NotANumber(Why::TooLong)) => {}
            Err(NotExact::NotANumber(why)) => {
                assert!(meant.is_empty(), "{text:?} is refused ({why}), yet means {meant:?}");
            }
        }
    }
    assert!(exact > sample() / 10 && ambiguous > sample() / 100, "{exact} exact, {ambiguous} not");
}
