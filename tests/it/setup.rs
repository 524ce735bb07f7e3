//! From an empty workspace to a first strategy of one's own.

use super::bot::seen::Thread;
use super::bot::{Bot, on_every_face};

const FIRST: [(&str, &str); 3] = [
    ("Company name", "Northwind"),
    ("What the company does", "Northwind finds payment fraud for lenders."),
    ("Product category", "Payment fraud detection"),
];
const SECOND: [(&str, &str); 4] = [
    ("Current ARR", "$12m"),
    ("Target ARR", "$30m"),
    ("Primary ideal customers", "Mid-market fintech lenders"),
    ("Markets", "DACH, Nordics"),
];

async fn begun(bot: &Bot) {
    bot.gather().await;
    bot.say("ana", "/strategy").await;
    let home = bot.last_whisper("ana").await;
    home.says("Nothing is written yet.");
    bot.click("ana", &home, "Set up my company").await;
    let form = bot.form("ana").await;
    assert_eq!(form.title, "Set up (1 of 3)");
    assert_eq!(bot.submit("ana", &form, &FIRST).await, []);
}

async fn answered(bot: &Bot) {
    begun(bot).await;
    let form = bot.form("ana").await;
    assert_eq!(bot.submit("ana", &form, &SECOND).await, []);
}

#[test]
fn six_answers_make_a_strategy_also_after_a_pause() {
    on_every_face(async |bot| {
        begun(bot).await;
        assert_eq!(bot.form("ana").await.title, "Set up (2 of 3)");
        // Left there, and taken up by somebody else.
        bot.say("ben", "/strategy setup").await;
        let form = bot.form("ben").await;
        assert_eq!(form.title, "Set up (2 of 3)");
        let faults = bot
            .submit("ben", &form, &[("Current ARR", "plenty"), SECOND[1], SECOND[2], SECOND[3]])
            .await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].1.contains("an amount is a number"), "{faults:?}");
        assert_eq!(bot.submit("ben", &form, &SECOND).await, []);
        let form = bot.form("ben").await;
        assert_eq!(form.title, "Set up (3 of 3)");
        form.says_optional();
        assert_eq!(bot.submit("ben", &form, &[]).await, []);
        bot.last_whisper("ben").await.says("Your first strategy is written.");
        for section in ["icp", "ipp.profile", "ipp.types", "tam"] {
            assert_eq!(bot.revision(section).await, 1, "{section}");
        }
        bot.say("vic", "/strategy").await;
        bot.last_whisper("vic").await.says("Partner strategy of Northwind");
        bot.say("vic", "/strategy icp").await;
        bot.last_whisper("vic").await.says("to mid-market fintech lenders in DACH and Nordics");
        bot.say("vic", "/strategy tam").await;
        bot.last_whisper("vic").await.says("not yet confirmed by anybody");
    });
}

#[test]
fn a_viewer_cannot_set_up() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.say("vic", "/strategy setup").await;
        bot.last_whisper("vic").await.says("You need the role member or higher");
        bot.say("vic", "/strategy").await;
        let home = bot.last_whisper("vic").await;
        assert_eq!(home.labels(), ["Set up my company"], "only owners load the sample");
        bot.press("vic", &home, "load-sample").await;
        bot.last_whisper("vic").await.says("Only an owner can load the sample company");
        assert_eq!(bot.revision("icp").await, 0);
    });
}

/// Answers everything, with these industries; the strategy is written.
async fn written(bot: &Bot, industries: &str) {
    answered(bot).await;
    let form = bot.form("ana").await;
    assert_eq!(bot.submit("ana", &form, &[("Industries", industries)]).await, []);
    bot.last_whisper("ana").await.says("Your first strategy is written.");
}

/// The thread that was opened for a section last.
async fn thread_of(bot: &Bot, title: &str) -> Thread {
    let posts = bot.posts(bot.channel()).await;
    let root = posts.iter().rev().find(|post| post.words.contains(&format!("Editing {title}")));
    root.unwrap_or_else(|| panic!("no thread for {title}")).thread()
}

#[test]
fn what_is_written_is_written_again_only_as_proposals() {
    on_every_face(async |bot| {
        written(bot, "Retail, Lending, Insurance").await;
        let stood = bot.stands("icp").await;
        bot.say("ana", "/strategy edit icp add Mining to industries").await;
        let mined = bot.last_post().await.thread();
        bot.say_in(&mined, "ana", "accept").await;
        bot.say("ana", "/strategy generate all").await;
        let roots = bot.posts(bot.channel()).await;
        assert_eq!(roots.len(), 5, "a thread for each section");
        let thread = thread_of(bot, "Ideal customer profile").await;
        let card = bot.card(&thread).await;
        card.says("Mining");
        assert_eq!(card.labels()[0], "Accept");
        assert_eq!(bot.revision("icp").await, 2, "nothing is written before somebody accepts");
        for section in ["ipp.profile", "ipp.types", "tam"] {
            assert_eq!(bot.revision(section).await, 1, "{section}");
        }
        bot.click("ana", &card, "Accept").await;
        assert_eq!(bot.revision("icp").await, 3);
        let items = |text: &str| {
            text.split("\"buyers\"").next().unwrap().replace("\"next\":5", "\"next\":4")
        };
        assert_eq!(items(&bot.stands("icp").await), items(&stood));
    });
}

#[test]
fn other_answers_and_generating_again_take_out_what_is_gone() {
    on_every_face(async |bot| {
        written(bot, "Retail, Lending, Insurance").await;
        bot.say("ana", "/strategy setup").await;
        let form = bot.form("ana").await;
        assert_eq!(form.title, "Set up (3 of 3)");
        assert_eq!(form.field("Industries").value, "Retail, Lending, Insurance");
        assert_eq!(bot.submit("ana", &form, &[("Industries", "Lending, Insurance")]).await, []);
        bot.say("ana", "/strategy generate icp").await;
        let thread = bot.last_post().await.thread();
        bot.card(&thread).await.says("Retail");
        bot.say_in(&thread, "ana", "accept").await;
        assert_eq!(bot.revision("icp").await, 2);
        let stands = bot.stands("icp").await;
        assert!(!stands.contains("Retail") && stands.contains("Lending"), "{stands}");
    });
}

#[test]
fn the_setup_done_again_says_what_becomes_of_it() {
    on_every_face(async |bot| {
        written(bot, "Retail, Lending").await;
        let told = bot.whispers("ana").await.len();
        bot.say("ana", "/strategy setup").await;
        let form = bot.form("ana").await;
        assert_eq!(bot.submit("ana", &form, &[("Industries", "Retail, Mining")]).await, []);
        assert_eq!(bot.whispers("ana").await.len(), told + 1, "one answer, and no writing");
        let answer = bot.last_whisper("ana").await;
        answer.says("Thank you. Your answers are kept.");
        answer.says("Nothing that is written was changed");
        assert_eq!(bot.posts(bot.channel()).await.len(), 0);
        for section in ["icp", "ipp.profile", "ipp.types", "tam"] {
            assert_eq!(bot.revision(section).await, 1, "{section}");
        }
        bot.click("ana", &answer, "Regenerate Ideal customer profile").await;
        let posts = bot.posts(&answer.channel).await;
        let root = posts.iter().rfind(|post| post.words.contains("Editing")).expect("a thread");
        bot.card(&root.thread()).await.says("Mining");
        assert_eq!(bot.revision("icp").await, 1);
    });
}

#[test]
fn amounts_in_two_currencies_are_refused_beside_the_second() {
    on_every_face(async |bot| {
        begun(bot).await;
        let form = bot.form("ana").await;
        let mixed = [("Current ARR", "€12m"), SECOND[1], SECOND[2], SECOND[3]];
        let faults = bot.submit("ana", &form, &mixed).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].1.contains("the current ARR is in EUR"), "{faults:?}");
        assert_eq!(bot.submit("ana", &form, &SECOND).await, []);
    });
}

#[test]
fn every_step_can_be_opened_again() {
    on_every_face(async |bot| {
        written(bot, "Retail, Lending").await;
        bot.say("ana", "/strategy setup 2").await;
        let form = bot.form("ana").await;
        assert_eq!(form.title, "Set up (2 of 3)");
        assert_eq!(form.field("Current ARR").value, "$12 000 000");
        let corrected = [("Current ARR", "€12m"), ("Target ARR", "€30m"), SECOND[2], SECOND[3]];
        assert_eq!(bot.submit("ana", &form, &corrected).await, []);
        let form = bot.form("ana").await;
        assert_eq!(form.title, "Set up (3 of 3)");
        assert_eq!(bot.submit("ana", &form, &[]).await, []);
        let answer = bot.last_whisper("ana").await;
        answer.says("Nothing that is written was changed");
        bot.click("ana", &answer, "Step 1").await;
        let form = bot.form("ana").await;
        assert_eq!(form.field("Company name").value, "Northwind");
        bot.say("ana", "/strategy setup 4").await;
        bot.last_whisper("ana").await.says("I did not understand \"4\" after \"setup\".");
    });
}

#[test]
fn two_people_who_generate_at_once_write_each_section_once() {
    on_every_face(async |bot| {
        answered(bot).await;
        let last = bot.form("ana").await;
        bot.say("ben", "/strategy setup").await;
        let bens = bot.form("ben").await;
        bot.without_waiting(async || {
            bot.submit("ana", &last, &[]).await;
            bot.submit("ben", &bens, &[]).await;
            bot.say("ben", "/strategy generate all").await;
        })
        .await;
        bot.stage.settle().await;
        for section in ["icp", "ipp.profile", "ipp.types", "tam"] {
            bot.history("ana", section).await.says("1 | 5 Oct 2026, 08:30");
            assert_eq!(bot.revision(section).await, 1, "{section}");
        }
    });
}

#[test]
fn nothing_is_written_from_no_answers() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy generate icp").await;
        bot.last_whisper("ana").await.says("There are no setup answers yet");
        bot.say("ana", "/strategy edit icp make it 5 to 6").await;
        bot.last_whisper("ana").await.says("Not written yet.");
        bot.say("ana", "/strategy tam set solutions share=15%").await;
        bot.last_whisper("ana").await.says("Write it first with /strategy generate tam.");
    });
}

#[test]
fn the_sample_is_not_loaded_over_something() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy").await;
        let home = bot.last_whisper("ana").await;
        bot.click("ana", &home, "Load the sample company").await;
        bot.click("ana", &home, "Load the sample company").await;
        bot.last_whisper("ana").await.says("so the sample company was not loaded");
        assert_eq!(bot.revision("icp").await, 1);
    });
}

const DEALS: &str = "external_id,name,attribution,amount,currency,outcome,closed_at\n\
    D-1,Fraud for lenders,direct,40000,EUR,won,2026-08-03\n";

async fn deals_come_in(bot: &Bot, csv: &str) -> Result<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), csv).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let done = bot.stage.command(&["import", "deals", &path]).await;
    done.map(|output| output.text).map_err(|failed| failed.to_string())
}

async fn set_up_in_euro(bot: &Bot) {
    begun(bot).await;
    let form = bot.form("ana").await;
    let euro = [("Current ARR", "EUR 12m"), ("Target ARR", "EUR 30m"), SECOND[2], SECOND[3]];
    assert_eq!(bot.submit("ana", &form, &euro).await, []);
    let form = bot.form("ana").await;
    assert_eq!(bot.submit("ana", &form, &[]).await, []);
}

#[test]
fn a_company_that_counts_in_euro_brings_its_deals_in() {
    on_every_face(async |bot| {
        set_up_in_euro(bot).await;
        bot.say("vic", "/strategy tam").await;
        bot.last_whisper("vic").await.says("EUR");
        bot.say("vic", "/strategy settings").await;
        bot.last_whisper("vic").await.says("Currency: EUR");
        let taken = deals_come_in(bot, DEALS).await.expect("the deal is taken");
        assert!(taken.contains("1 added"), "{taken}");
    });
}

#[test]
fn owners_and_admins_say_how_the_workspace_counts() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.say("ben", "/strategy settings currency EUR").await;
        bot.last_whisper("ben").await.says("You need the role admin or higher");
        bot.say("ana", "/strategy settings zone Europe/London year april currency gbp").await;
        let told = bot.last_whisper("ana").await;
        told.says("Currency: GBP");
        told.says("Time zone: Europe/London");
        told.says("The fiscal year starts in: April");
        for (wrong, why) in [
            ("settings currency tulips", "\"tulips\" is not a currency"),
            ("settings zone Narnia", "Nothing was changed."),
            ("settings year sometimes", "\"sometimes\" is not a month"),
            ("settings colour blue", "Like this: /strategy settings"),
            ("settings year", "Like this: /strategy settings"),
        ] {
            bot.say("ana", &format!("/strategy {wrong}")).await;
            bot.last_whisper("ana").await.says(why);
        }
        bot.say("vic", "/strategy settings").await;
        bot.last_whisper("vic").await.says("Currency: GBP");
        bot.say("ana", "/strategy audit").await;
        let audit = bot.last_whisper("ana").await;
        audit.says("changed the settings");
        audit.says("Currency: USD → GBP");
        // The sample company brings its own currency into an empty workspace.
        bot.say("ana", "/strategy").await;
        let home = bot.last_whisper("ana").await;
        bot.click("ana", &home, "Load the sample company").await;
        bot.last_whisper("ana").await.says("is loaded");
        bot.say("vic", "/strategy settings").await;
        bot.last_whisper("vic").await.says("Currency: USD");
    });
}

#[test]
fn the_currency_stays_once_there_are_facts_in_it() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy settings currency EUR").await;
        let told = bot.last_whisper("ana").await;
        told.says("There are deals in USD already, so the currency stays USD.");
        told.says("Nothing was changed.");
        bot.say("ana", "/strategy settings currency usd year october").await;
        bot.last_whisper("ana").await.says("The fiscal year starts in: October");
        // On 5 October the last quarter of the year before had closed.
        bot.say("ana", "/strategy report quarterly").await;
        bot.last_post().await.says("FY2025/26-Q4");
    });
}
