//! The console as several people see it, on both databases.

use super::super::fixtures::{at_once, message as slack_message, settled, tamper};
use super::super::testing::{Fresh, both};
use super::super::{Reader, Store};
use super::forms::OpenForm;
use super::messages::{Body, Channel, File, NewMessage, Spot};
use super::people::{Holder, Ticket};
use super::views::{Message, Unread, View};
use super::{forms, messages, people, views};
use crate::conversation::card::Card;
use crate::conversation::form::Form;
use crate::ids::WorkspaceId;

both!(
    a_console_begins_with_two_channels,
    a_session_lives_until_it_is_over_or_ended,
    nothing_lets_somebody_in_who_was_turned_out,
    a_sign_in_link_is_used_once,
    a_timeline_shows_the_newest_messages_oldest_first,
    a_key_is_written_once_even_by_eight_at_once,
    private_words_and_direct_chats_are_seen_by_their_person_only,
    a_change_and_a_reply_are_seen_after_the_number_before,
    a_root_and_its_last_reply_are_told_together,
    a_thread_counts_its_visible_replies,
    unread_counts_what_others_said_after_the_mark,
    a_form_is_open_in_the_tab_that_asked,
    a_form_that_was_sent_is_remembered_and_not_sent_again,
    a_person_s_forms_are_bounded,
    a_private_card_takes_the_place_of_the_one_of_its_topic,
    only_the_bot_s_messages_change_and_only_private_ones_go,
    a_console_does_not_reach_the_rows_of_another_workspace,
    a_message_says_words_or_shows_a_card,
);

fn said(id: &str, channel: &str, author: &str) -> NewMessage {
    NewMessage {
        id: id.to_owned(),
        channel: channel.to_owned(),
        thread: None,
        author: Some(author.to_owned()).filter(|author| author != "bot"),
        private_to: None,
        body: Body::Words(format!("words of {id}")),
        file: None,
        key: None,
        at: 5,
    }
}

fn reply(id: &str, channel: &str, author: &str, root: &str) -> NewMessage {
    NewMessage { thread: Some(root.to_owned()), ..said(id, channel, author) }
}

fn view(person: &str, channel: &str, thread: Option<&str>) -> View {
    View {
        person: person.to_owned(),
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
    }
}

async fn write(store: &Store, ws: &WorkspaceId, new: &[NewMessage]) {
    for message in new {
        let mut tx = store.begin().await.unwrap();
        assert_eq!(messages::add(&mut tx, ws, message).await.unwrap(), message.id);
        tx.commit().await.unwrap();
    }
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.id.as_str()).collect()
}

async fn shown(reader: &mut Reader, ws: &WorkspaceId, view: &View) -> Vec<Message> {
    views::timeline(reader, ws, view, i64::MAX, 50).await.unwrap()
}

async fn a_console_begins_with_two_channels(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let mut tx = db.store.begin().await.unwrap();
    messages::start(&mut tx, &ws, 1).await.unwrap();
    messages::start(&mut tx, &ws, 2).await.unwrap();
    let sales = Channel { id: "sales".to_owned(), name: "sales".to_owned() };
    assert!(messages::add_channel(&mut tx, &ws, &sales, 3).await.unwrap());
    assert!(!messages::add_channel(&mut tx, &ws, &sales, 4).await.unwrap());
    let channels = messages::channels(&mut tx, &ws).await.unwrap();
    let channels: Vec<_> = channels.iter().map(|channel| channel.id.as_str()).collect();
    assert_eq!(channels, ["general", "leadership", "sales"]);
    assert_eq!(messages::head(&mut tx, &ws).await.unwrap(), 0);
}

fn ticket(ws: &WorkspaceId, hash: &str) -> Ticket {
    Ticket {
        workspace_id: ws.clone(),
        hash: hash.to_owned(),
        person: "ana".to_owned(),
        expires_at: 100,
    }
}

async fn nothing_lets_somebody_in_who_was_turned_out(db: Fresh) {
    let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
    let mut tx = db.store.begin().await.unwrap();
    people::start_session(&mut tx, &ticket(&ws, "a"), 1).await.unwrap();
    people::start_session(&mut tx, &ticket(&other, "b"), 1).await.unwrap();
    people::add_link(&mut tx, &ticket(&ws, "c")).await.unwrap();
    let ben = Ticket { person: "ben".to_owned(), ..ticket(&ws, "d") };
    people::start_session(&mut tx, &ben, 1).await.unwrap();
    people::turn_out(&mut tx, &ws, "ana").await.unwrap();
    assert_eq!(people::session(&mut tx, "a", 1).await.unwrap(), None);
    assert_eq!(people::link(&mut tx, "c", 1).await.unwrap(), None);
    for stays in ["b", "d"] {
        assert!(people::session(&mut tx, stays, 1).await.unwrap().is_some(), "{stays}");
    }
}

async fn a_session_lives_until_it_is_over_or_ended(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let ana = Holder { workspace_id: ws.clone(), person: "ana".to_owned() };
    let mut tx = db.store.begin().await.unwrap();
    people::start_session(&mut tx, &ticket(&ws, "a"), 1).await.unwrap();
    people::start_session(&mut tx, &ticket(&ws, "b"), 1).await.unwrap();
    assert_eq!(people::session(&mut tx, "a", 99).await.unwrap(), Some(ana.clone()));
    assert_eq!(people::session(&mut tx, "a", 100).await.unwrap(), None);
    assert_eq!(people::session(&mut tx, "c", 1).await.unwrap(), None);
    people::end_session(&mut tx, "a").await.unwrap();
    assert_eq!(people::session(&mut tx, "a", 1).await.unwrap(), None);
    assert_eq!(people::session(&mut tx, "b", 1).await.unwrap(), Some(ana));
    let later = Ticket { expires_at: 999, ..ticket(&ws, "c") };
    people::start_session(&mut tx, &later, 100).await.unwrap();
    assert_eq!(people::session(&mut tx, "b", 1).await.unwrap(), None, "old ones are dropped");
}

async fn a_sign_in_link_is_used_once(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let mut tx = db.store.begin().await.unwrap();
    people::add_link(&mut tx, &ticket(&ws, "a")).await.unwrap();
    assert_eq!(people::use_link(&mut tx, "a", 100).await.unwrap(), None);
    assert!(people::link(&mut tx, "a", 99).await.unwrap().is_some());
    assert!(people::link(&mut tx, "a", 99).await.unwrap().is_some(), "looking uses nothing up");
    tx.commit().await.unwrap();
    let store = db.store.clone();
    let used = at_once(move |_| {
        let store = store.clone();
        async move {
            let mut tx = store.begin().await.unwrap();
            let used = people::use_link(&mut tx, "a", 99).await.unwrap();
            tx.commit().await.unwrap();
            used
        }
    });
    assert_eq!(used.await.into_iter().flatten().count(), 1);
}

async fn a_timeline_shows_the_newest_messages_oldest_first(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let file = File { report: "r".to_owned(), name: "q3.pptx".to_owned() };
    let deck = NewMessage {
        body: Body::Card(Card::sentence("Here it is")),
        file: Some(file),
        ..said("3", "general", "bot")
    };
    let new = [
        said("1", "general", "ana"),
        said("2", "leadership", "ana"),
        deck.clone(),
        reply("4", "general", "ben", "1"),
        said("5", "general", "ben"),
    ];
    write(&db.store, &ws, &new).await;
    let mut reader = db.store.reader().await.unwrap();
    let general = view("vic", "general", None);
    let all = shown(&mut reader, &ws, &general).await;
    assert_eq!(ids(&all), ["1", "3", "5"]);
    assert_eq!((all[0].born, all[1].born, all[2].born), (1, 3, 5));
    assert_eq!((&all[1].body, &all[1].file), (&deck.body, &deck.file));
    assert_eq!((all[1].author.as_deref(), all[2].author.as_deref()), (None, Some("ben")));
    let older = views::timeline(&mut reader, &ws, &general, all[2].born, 1).await.unwrap();
    assert_eq!(ids(&older), ["3"]);
    let replies = shown(&mut reader, &ws, &view("vic", "general", Some("1"))).await;
    assert_eq!(ids(&replies), ["4"]);
    assert_eq!(replies[0].thread.as_deref(), Some("1"));
}

async fn a_key_is_written_once_even_by_eight_at_once(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let (store, of) = (db.store.clone(), ws.clone());
    let written = at_once(move |number| {
        let (store, ws) = (store.clone(), of.clone());
        async move {
            let mut new = said(&number.to_string(), "general", "bot");
            new.key = Some("report:1".to_owned());
            let mut tx = store.begin().await.unwrap();
            let id = messages::add(&mut tx, &ws, &new).await.unwrap();
            tx.commit().await.unwrap();
            id
        }
    });
    let written = written.await;
    assert!(written.iter().all(|id| *id == written[0]), "{written:?}");
    let mut reader = db.store.reader().await.unwrap();
    let found = messages::with_key(&mut reader, &ws, "report:1").await.unwrap();
    let spot = Spot { channel: "general".to_owned(), thread: None, id: written[0].clone() };
    assert_eq!(found, Some(spot));
    assert_eq!(messages::with_key(&mut reader, &ws, "report:2").await.unwrap(), None);
    let all = shown(&mut reader, &ws, &view("ana", "general", None)).await;
    assert_eq!(all.len(), 1);
}

async fn private_words_and_direct_chats_are_seen_by_their_person_only(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let private = |new| NewMessage { private_to: Some("ana".to_owned()), ..new };
    let new = [
        said("root", "general", "ben"),
        private(said("whisper", "general", "bot")),
        private(reply("aside", "general", "bot", "root")),
        said("chat", "dm-ana", "bot"),
    ];
    write(&db.store, &ws, &new).await;
    let mut reader = db.store.reader().await.unwrap();
    let seen = [
        ("ana", vec!["root", "whisper"], vec!["aside"], vec!["chat"], 1),
        ("ben", vec!["root"], vec![], vec![], 0),
    ];
    for (person, general, thread, direct, replies) in seen {
        let top = shown(&mut reader, &ws, &view(person, "general", None)).await;
        assert_eq!((ids(&top), top[0].replies), (general, replies));
        let inside = shown(&mut reader, &ws, &view(person, "general", Some("root"))).await;
        assert_eq!(ids(&inside), thread);
        let chat = view(person, "dm-ana", None);
        assert_eq!(ids(&shown(&mut reader, &ws, &chat).await), direct);
        assert_eq!(ids(&views::changed(&mut reader, &ws, &chat, 0).await.unwrap()), direct);
        for id in ["whisper", "aside", "chat"] {
            let one = views::message(&mut reader, &ws, id, person).await.unwrap();
            assert_eq!(one.is_some(), person == "ana", "{person} {id}");
        }
        let threads = views::threads(&mut reader, &ws, person, 9).await.unwrap();
        let begun = if person == "ana" { vec!["chat", "root"] } else { Vec::new() };
        assert_eq!(ids(&threads), begun, "with a reply, or by the bot");
    }
}

async fn a_change_and_a_reply_are_seen_after_the_number_before(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    write(&db.store, &ws, &[said("1", "general", "bot"), said("2", "general", "ana")]).await;
    let general = view("ben", "general", None);
    let mut reader = db.store.reader().await.unwrap();
    let head = messages::head(&mut reader, &ws).await.unwrap();
    assert_eq!(views::changed(&mut reader, &ws, &general, head).await.unwrap(), []);
    drop(reader);
    let mut tx = db.store.begin().await.unwrap();
    let card = Card::sentence("Accepted");
    assert!(messages::change(&mut tx, &ws, "1", &card, 9).await.unwrap());
    tx.commit().await.unwrap();
    write(&db.store, &ws, &[reply("3", "general", "ana", "2")]).await;
    let mut reader = db.store.reader().await.unwrap();
    let changed = views::changed(&mut reader, &ws, &general, head).await.unwrap();
    assert_eq!(ids(&changed), ["1", "2"]);
    assert_eq!((&changed[0].body, changed[0].edited_at), (&Body::Card(card), Some(9)));
    assert_eq!((changed[1].replies, changed[1].replied_at), (1, Some(5)));
    assert!(changed[0].born < changed[1].born, "their place in the timeline stays");
    let inside = view("ben", "general", Some("2"));
    let changed = views::changed(&mut reader, &ws, &inside, head).await.unwrap();
    assert_eq!(ids(&changed), ["2", "3"], "the root too");
    let last = messages::head(&mut reader, &ws).await.unwrap();
    assert_eq!(views::changed(&mut reader, &ws, &inside, last).await.unwrap(), []);
}

async fn a_root_and_its_last_reply_are_told_together(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let mut tx = db.store.begin().await.unwrap();
    messages::add(&mut tx, &ws, &said("root", "general", "ana")).await.unwrap();
    for number in 0..200 {
        let new = reply(&number.to_string(), "general", "bot", "root");
        messages::add(&mut tx, &ws, &new).await.unwrap();
    }
    let inside = view("ben", "general", Some("root"));
    let first = views::changed(&mut tx, &ws, &inside, 0).await.unwrap();
    assert_eq!(first.len(), 199);
    let seen = first[198].seq;
    let rest = views::changed(&mut tx, &ws, &inside, seen).await.unwrap();
    assert_eq!(ids(&rest), ["root", "199"]);
}

async fn a_thread_counts_its_visible_replies(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let late = NewMessage { at: 8, ..reply("4", "general", "bot", "1") };
    let new = [
        said("1", "general", "ana"),
        said("2", "leadership", "ana"),
        reply("3", "general", "ben", "1"),
        late,
        reply("5", "leadership", "ben", "2"),
        said("6", "general", "ana"),
    ];
    write(&db.store, &ws, &new).await;
    let mut reader = db.store.reader().await.unwrap();
    let threads = views::threads(&mut reader, &ws, "vic", 9).await.unwrap();
    assert_eq!(ids(&threads), ["2", "1"], "the last active first");
    assert_eq!((threads[1].replies, threads[1].replied_at), (2, Some(8)));
    let newest = views::threads(&mut reader, &ws, "vic", 1).await.unwrap();
    assert_eq!(ids(&newest), ["2"]);
}

async fn unread_counts_what_others_said_after_the_mark(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let whisper = NewMessage { private_to: Some("vic".to_owned()), ..said("5", "general", "bot") };
    let new = [
        said("1", "general", "ben"),
        said("2", "general", "ana"),
        reply("3", "general", "bot", "2"),
        said("4", "dm-ben", "bot"),
        whisper,
    ];
    write(&db.store, &ws, &new).await;
    let unread = |thread: Option<&str>, count| Unread {
        channel: "general".to_owned(),
        thread: thread.map(str::to_owned),
        count,
    };
    let mut tx = db.store.begin().await.unwrap();
    let found = views::unread(&mut tx, &ws, "ana").await.unwrap();
    assert_eq!(found, [unread(None, 1), unread(Some("2"), 1)]);
    let general = view("ana", "general", None);
    views::mark(&mut tx, &ws, &general, 5).await.unwrap();
    views::mark(&mut tx, &ws, &general, 1).await.unwrap();
    let found = views::unread(&mut tx, &ws, "ana").await.unwrap();
    assert_eq!(found, [unread(Some("2"), 1)], "a mark never goes back");
    views::mark(&mut tx, &ws, &view("ana", "general", Some("2")), 3).await.unwrap();
    assert_eq!(views::unread(&mut tx, &ws, "ana").await.unwrap(), []);
}

fn form(id: &str, person: &str) -> OpenForm {
    OpenForm {
        id: id.to_owned(),
        person: person.to_owned(),
        tab: "tab".to_owned(),
        about: format!("about {id}"),
        near: slack_message("general", "1").place,
        form: Form {
            token: "t".to_owned(),
            title: "Refine".to_owned(),
            submit: "Send".to_owned(),
            intro: None,
            fields: Vec::new(),
        },
        sent: None,
        seq: 0,
    }
}

async fn open(db: &Fresh, ws: &WorkspaceId, new: &[OpenForm], at: i64) {
    for form in new {
        let mut tx = db.store.begin().await.unwrap();
        forms::open(&mut tx, ws, form, at).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn a_form_is_open_in_the_tab_that_asked(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let again = OpenForm { about: form("1", "ana").about, ..form("2", "ana") };
    let other = OpenForm { tab: "other".to_owned(), ..form("4", "ana") };
    open(&db, &ws, &[form("1", "ana"), again.clone(), form("3", "ben"), other.clone()], 5).await;
    let mut tx = db.store.begin().await.unwrap();
    let found = forms::in_tab(&mut tx, &ws, "ana", "tab").await.unwrap();
    assert_eq!(found, Some(OpenForm { seq: 2, ..again }));
    assert_eq!(forms::form(&mut tx, &ws, "1", "ana").await.unwrap(), None, "asked for again");
    assert_eq!(forms::form(&mut tx, &ws, "3", "ana").await.unwrap(), None, "it is another's");
    assert!(!forms::close(&mut tx, &ws, "3", "ana").await.unwrap());
    assert!(!forms::bring(&mut tx, &ws, ("3", "ana"), "tab").await.unwrap());
    assert!(forms::bring(&mut tx, &ws, ("4", "ana"), "tab").await.unwrap());
    assert_eq!(forms::in_tab(&mut tx, &ws, "ana", "other").await.unwrap(), None);
    let newest = forms::in_tab(&mut tx, &ws, "ana", "tab").await.unwrap().unwrap();
    assert_eq!(newest.id, "4");
    assert!(forms::close(&mut tx, &ws, "4", "ana").await.unwrap());
    assert!(!forms::close(&mut tx, &ws, "4", "ana").await.unwrap());
    let before = forms::in_tab(&mut tx, &ws, "ana", "tab").await.unwrap().unwrap();
    assert_eq!(before.id, "2", "the one before is there again");
    assert!(forms::in_tab(&mut tx, &ws, "ben", "tab").await.unwrap().is_some());
}

async fn a_form_that_was_sent_is_remembered_and_not_sent_again(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    open(&db, &ws, &[form("1", "ana")], 5).await;
    let mut tx = db.store.begin().await.unwrap();
    assert!(!forms::send(&mut tx, &ws, ("1", "ben"), "h").await.unwrap());
    assert!(forms::send(&mut tx, &ws, ("1", "ana"), "h").await.unwrap());
    assert!(!forms::send(&mut tx, &ws, ("1", "ana"), "other").await.unwrap());
    assert!(!forms::close(&mut tx, &ws, "1", "ana").await.unwrap());
    assert!(!forms::bring(&mut tx, &ws, ("1", "ana"), "other").await.unwrap());
    assert_eq!(forms::in_tab(&mut tx, &ws, "ana", "tab").await.unwrap(), None);
    let sent = forms::form(&mut tx, &ws, "1", "ana").await.unwrap().unwrap();
    assert_eq!(sent.sent.as_deref(), Some("h"));
}

async fn a_person_s_forms_are_bounded(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let many: Vec<_> = (0..25).map(|n| form(&format!("{n:02}"), "ana")).collect();
    open(&db, &ws, &[form("b", "ben")], 5).await;
    open(&db, &ws, &many, 5).await;
    let mut tx = db.store.begin().await.unwrap();
    assert_eq!(forms::form(&mut tx, &ws, "04", "ana").await.unwrap(), None);
    assert!(forms::form(&mut tx, &ws, "05", "ana").await.unwrap().is_some());
    tx.commit().await.unwrap();
    open(&db, &ws, &[form("late", "ana")], 15 * 24 * 3_600_000).await;
    let mut tx = db.store.begin().await.unwrap();
    assert_eq!(forms::form(&mut tx, &ws, "24", "ana").await.unwrap(), None, "it lay too long");
    assert!(forms::form(&mut tx, &ws, "late", "ana").await.unwrap().is_some());
    assert!(forms::form(&mut tx, &ws, "b", "ben").await.unwrap().is_some());
}

async fn a_private_card_takes_the_place_of_the_one_of_its_topic(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let card = |words: &str, topic: &str| Body::Card(Card::sentence(words).of_topic(topic));
    let private = |id: &str, body| NewMessage {
        private_to: Some("ana".to_owned()),
        body,
        ..said(id, "general", "bot")
    };
    let elsewhere = NewMessage { channel: "sales".to_owned(), ..private("3", card("x", "home")) };
    let bens = NewMessage { private_to: Some("ben".to_owned()), ..private("4", card("x", "home")) };
    let help = private("5", card("x", "help"));
    let posted = NewMessage { private_to: None, ..private("6", card("x", "home")) };
    let first = private("1", card("old", "home"));
    write(&db.store, &ws, &[first, said("2", "general", "ana"), elsewhere, bens, help, posted])
        .await;
    let mut tx = db.store.begin().await.unwrap();
    let again = NewMessage { at: 9, ..private("7", card("new", "home")) };
    assert_eq!(messages::add(&mut tx, &ws, &again).await.unwrap(), "1");
    tx.commit().await.unwrap();
    let mut reader = db.store.reader().await.unwrap();
    let seen = shown(&mut reader, &ws, &view("ana", "general", None)).await;
    assert_eq!(ids(&seen), ["2", "5", "6", "1"], "it moved to the end");
    let last = seen.last().unwrap();
    assert_eq!((&last.body, last.at, last.edited_at), (&again.body, 9, None));
    let news = views::changed(&mut reader, &ws, &view("ana", "general", None), 6).await.unwrap();
    assert_eq!(ids(&news), ["1"]);
    assert_eq!(ids(&shown(&mut reader, &ws, &view("ana", "sales", None)).await), ["3"]);
    assert_eq!(ids(&shown(&mut reader, &ws, &view("ben", "general", None)).await), ["2", "4", "6"]);
}

async fn only_the_bot_s_messages_change_and_only_private_ones_go(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    let whisper = NewMessage { private_to: Some("ana".to_owned()), ..said("2", "general", "bot") };
    write(&db.store, &ws, &[said("1", "general", "ana"), whisper]).await;
    let mut tx = db.store.begin().await.unwrap();
    let card = Card::sentence("x");
    assert!(!messages::change(&mut tx, &ws, "1", &card, 9).await.unwrap());
    assert!(!messages::change(&mut tx, &ws, "9", &card, 9).await.unwrap());
    assert!(!messages::dismiss(&mut tx, &ws, "1", "ana").await.unwrap());
    assert!(!messages::dismiss(&mut tx, &ws, "2", "ben").await.unwrap());
    assert!(messages::dismiss(&mut tx, &ws, "2", "ana").await.unwrap());
    assert_eq!(views::message(&mut tx, &ws, "2", "ana").await.unwrap(), None);
}

async fn a_console_does_not_reach_the_rows_of_another_workspace(db: Fresh) {
    let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
    let keyed = NewMessage { key: Some("k".to_owned()), ..said("1", "general", "bot") };
    write(&db.store, &ws, &[keyed.clone(), reply("2", "general", "bot", "1")]).await;
    let mut tx = db.store.begin().await.unwrap();
    forms::open(&mut tx, &ws, &form("1", "ana"), 5).await.unwrap();
    let general = view("ana", "general", None);
    assert_eq!(views::message(&mut tx, &other, "1", "ana").await.unwrap(), None);
    assert_eq!(views::changed(&mut tx, &other, &general, 0).await.unwrap(), []);
    assert_eq!(views::timeline(&mut tx, &other, &general, 99, 9).await.unwrap(), []);
    assert_eq!(views::threads(&mut tx, &other, "ana", 9).await.unwrap(), []);
    assert_eq!(views::unread(&mut tx, &other, "ana").await.unwrap(), []);
    assert_eq!(messages::head(&mut tx, &other).await.unwrap(), 0);
    assert_eq!(messages::with_key(&mut tx, &other, "k").await.unwrap(), None);
    assert_eq!(forms::in_tab(&mut tx, &other, "ana", "tab").await.unwrap(), None);
    assert_eq!(forms::form(&mut tx, &other, "1", "ana").await.unwrap(), None);
    assert!(!forms::send(&mut tx, &other, ("1", "ana"), "h").await.unwrap());
    assert!(!forms::bring(&mut tx, &other, ("1", "ana"), "tab").await.unwrap());
    assert!(!forms::close(&mut tx, &other, "1", "ana").await.unwrap());
    let card = Card::sentence("x");
    assert!(!messages::change(&mut tx, &other, "1", &card, 9).await.unwrap());
    assert_eq!(messages::add(&mut tx, &other, &keyed).await.unwrap(), "1");
}

async fn a_message_says_words_or_shows_a_card(db: Fresh) {
    let ws = settled(&db.store, "w").await;
    write(&db.store, &ws, &[said("1", "general", "ana")]).await;
    for wrong in [
        "UPDATE console_message SET words = NULL",
        "UPDATE console_message SET card = '{}'",
        "UPDATE console_message SET file_name = 'x'",
    ] {
        assert!(tamper(&db.store, wrong).await.is_err(), "{wrong}");
    }
}
