//! What the first release stored is read, kept byte for byte, and worked on.

use attache::proposals::Proposal;
use attache::proposals::digest::Digest;
use attache::strategy::address::SectionAddress;
use attache::strategy::apply::apply;
use attache::strategy::document::Document;
use serde::Deserialize;

use super::bot::seen::{Seen, Thread};
use super::bot::{Bot, on_a_database_of_the_release};

#[derive(Deserialize)]
struct Golden {
    documents: Vec<Stored>,
    proposals: Vec<String>,
}

#[derive(Deserialize)]
struct Stored {
    address: String,
    what: String,
    sha256: String,
    document: String,
}

impl Stored {
    fn read(&self) -> Document {
        let address = SectionAddress::parse(&self.address).expect("a known section");
        let read = Document::parse(address, &self.document);
        read.unwrap_or_else(|error| panic!("{} ({}): {error}", self.address, self.what))
    }
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../fixtures/release/golden.json")).unwrap()
}

#[test]
fn a_stored_document_keeps_its_bytes_and_its_hash() {
    let golden = golden();
    assert_eq!(golden.documents.len(), 14);
    for stored in golden.documents {
        let document = stored.read();
        assert_eq!(document.canonical(), stored.document, "{} ({})", stored.address, stored.what);
        assert_eq!(Digest::of_document(&document).as_str(), stored.sha256, "{}", stored.what);
    }
}

#[test]
fn a_stored_proposal_keeps_its_bytes_and_leads_to_the_result_it_promised() {
    let golden = golden();
    let documents: Vec<_> = golden.documents.iter().map(Stored::read).collect();
    assert_eq!(golden.proposals.len(), 9);
    for body in golden.proposals {
        let proposal: Proposal = serde_json::from_str(&body).unwrap();
        assert_eq!(serde_json::to_string(&proposal).unwrap(), body);
        let base = documents.iter().find(|it| Digest::of_document(it) == proposal.base_hash);
        let base = base.expect("the base is among the documents");
        for (key, before) in &proposal.before {
            assert_eq!(Digest::of_field(base, key).as_ref(), Some(&before.hash), "{key}");
        }
        let result = apply(base, &proposal.operations).unwrap();
        assert_eq!(Digest::of_document(&result), proposal.result_hash, "{}", proposal.summary);
    }
}

#[test]
fn the_releases_open_proposals_are_accepted_and_its_threads_go_on() {
    on_a_database_of_the_release(async |bot| {
        let profile = thread(bot, "add a note that certified teams come first").await;
        press(bot, "ana", &profile, "Accept").await.says("Accepted by Ana. Now revision 3.");
        assert!(bot.stands("ipp.profile").await.contains("We meet every quarter"));

        let types = thread(bot, "add a note that strategic partners are few").await;
        press(bot, "ben", &types, "Accept").await.says("Accepted by Ben. Now revision 2.");

        // The market's accounts and the profile's regions moved since: the fields do not collide.
        for (said, section) in
            [("set solutions share to 20%", "tam"), ("narrow the company size", "icp")]
        {
            let thread = thread(bot, said).await;
            press(bot, "ana", &thread, "Accept").await.says("Re-base");
            press(bot, "ana", &thread, "Re-base").await.says("[Accept]");
            press(bot, "ana", &thread, "Accept").await.says("Accepted by Ana. Now revision 3.");
            assert_eq!(bot.revision(section).await, 3);
        }
        let stands = bot.stands("icp").await;
        assert!(stands.contains("Portugal") && stands.contains("\"min\":50"), "{stands}");

        bot.say_in(&profile, "ben", "add a note that we met in October").await;
        let card = bot.card(&profile).await;
        card.says("We met in October");
        bot.click("ben", &card, "Accept").await;
        bot.history("ana", "ipp.profile").await.says("4 | 5 Oct 2026");
        bot.say("ana", "/strategy restore ipp.profile 1").await;
        assert!(!bot.stands("ipp.profile").await.contains("Certified teams come first"));
    });
}

/// The thread that was opened with these words.
async fn thread(bot: &Bot, said: &str) -> Thread {
    let posts = bot.posts(bot.channel()).await;
    let root = posts.into_iter().find(|post| post.words.contains(said));
    root.unwrap_or_else(|| panic!("no thread for {said}")).thread()
}

/// Presses a button of the thread's last card; the card that stands last then.
async fn press(bot: &Bot, who: &str, thread: &Thread, label: &str) -> Seen {
    let card = bot.card(thread).await;
    bot.click(who, &card, label).await;
    bot.card(thread).await
}
