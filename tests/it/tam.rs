//! The partner TAM: numbers set at once, with undo, and nothing taken that does not read.

use super::bot::on_every_face;

#[test]
fn a_number_is_saved_at_once_and_taken_back_once() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let stood = bot.stands("tam").await;
        bot.say("ana", "/strategy tam set solutions share=20% source=\"partner survey\"").await;
        let saved = bot.last_whisper("ana").await;
        saved.says("revision 2");
        let (before, after) = saved.change("Solutions share");
        assert_eq!(
            (before, after),
            ("15% (setup, Ana, 5 Oct 2026)", "20% (partner survey, Ana, 5 Oct 2026)")
        );
        assert_eq!(bot.revision("tam").await, 2);
        bot.say("ben", "/strategy tam ask what is the basis for the solutions share?").await;
        bot.last_whisper("ben").await.says("partner survey");

        bot.click("ana", &saved, "Undo").await;
        bot.last_whisper("ana").await.says("The values from before stand again, as revision 3.");
        assert_eq!(bot.stands("tam").await, stood);
        bot.click("ana", &saved, "Undo").await;
        bot.last_whisper("ana").await.says("This was undone already.");
        assert_eq!(bot.revision("tam").await, 3);
    });
}

#[test]
fn two_quick_changes_of_different_cells_both_stand() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.without_waiting(async || {
            bot.say("ana", "/strategy tam set solutions share=21%").await;
            bot.say("ben", "/strategy tam set technology acv=26000").await;
            bot.say("ana", "/strategy tam set sales share=22%").await;
        })
        .await;
        bot.stage.settle().await;
        assert_eq!(bot.revision("tam").await, 4);
        bot.say("ana", "/strategy tam").await;
        let tam = bot.last_whisper("ana").await;
        for stands in ["21%", "$26,000", "22%"] {
            tam.says(stands);
        }
    });
}

#[test]
fn numbers_that_do_not_read_are_refused_with_their_reason() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        for (text, reason) in [
            ("solutions share=15.0051%", "Solutions share: a share has at most two decimals."),
            ("solutions share=15.005%", "\"15.005\" may be 15,005 or 15.005."),
            ("solutions share=101%", "Solutions share: a share lies between 0% and 100%."),
            ("solutions share=-1%", "between 0% and 100%"),
            ("technology acv=€40k", "EUR"),
            ("technology acv=NaN", "an amount is a number"),
            ("solutions share=0.15", "Solutions share: did you mean 15%?"),
            ("accounts=many", "a whole number such as 4000 or 4k is needed"),
            ("share=15%", "Which category"),
            ("bananas share=15%", "There is no category \"bananas\"."),
            ("solutions share=15% acv=\"40000", "A quotation mark is not closed."),
        ] {
            bot.say("ana", &format!("/strategy tam set {text}")).await;
            let told = bot.last_whisper("ana").await;
            told.says(reason);
            told.says("Nothing was changed.");
        }
        bot.say("ana", "/strategy tam set solutions share=15%").await;
        bot.last_whisper("ana").await.says("These values stand there already.");
        assert_eq!(bot.revision("tam").await, 1);
    });
}

#[test]
fn the_form_names_what_does_not_read_beside_its_field() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ben", "/strategy tam").await;
        let tam = bot.last_whisper("ben").await;
        bot.click("ben", &tam, "Change share or ACV").await;
        let form = bot.form("ben").await;
        let faults = bot.submit("ben", &form, &[("Solutions share", "15.0051%")]).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].0, form.field("Solutions share").name);
        assert!(faults[0].1.contains("two decimals"), "{faults:?}");
        assert_eq!(bot.revision("tam").await, 1);
        let values = [("Solutions share", "12.5%"), ("Sales ACV", "45k")];
        assert_eq!(bot.submit("ben", &form, &values).await, []);
        let saved = bot.last_whisper("ben").await;
        assert_eq!(saved.change("Solutions share").1, "12.5% (Ben, 5 Oct 2026)");
        assert_eq!(saved.change("Sales ACV").1, "$45,000 (Ben, 5 Oct 2026)");
        assert_eq!(bot.revision("tam").await, 2);
    });
}

#[test]
fn a_form_changes_only_what_was_changed_in_it() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ben", "/strategy tam").await;
        let tam = bot.last_whisper("ben").await;
        bot.click("ben", &tam, "Change share or ACV").await;
        let form = bot.form("ben").await;
        bot.say("ana", "/strategy tam set solutions share=21% source=\"partner survey\"").await;
        assert_eq!(bot.submit("ben", &form, &[("Sales ACV", "45k")]).await, []);
        let saved = bot.last_whisper("ben").await;
        assert_eq!(saved.change("Sales ACV").1, "$45,000 (Ben, 5 Oct 2026)");
        assert_eq!(saved.changes.len(), 1, "{}", saved.words);
        bot.say("ben", "/strategy tam ask what is the basis for the solutions share?").await;
        let told = bot.last_whisper("ben").await;
        told.says("21%");
        told.says("partner survey");
        assert_eq!(bot.revision("tam").await, 3);
    });
}

#[test]
fn the_person_who_changed_a_number_before_accepting_stands_behind_it() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let asked = "set solutions share to 20% and technology share to 12%";
        let thread = bot.edit("ana", "tam", asked).await;
        let card = bot.card(&thread).await;
        bot.click("ben", &card, "Edit & accept").await;
        let form = bot.form("ben").await;
        assert_eq!(bot.submit("ben", &form, &[("Solutions share", "21%")]).await, []);
        bot.again(&card).await.says("Accepted by Ben. Now revision 2.");
        for (which, says) in [("solutions", "Ben"), ("technology", "Ana")] {
            let question = format!("/strategy tam ask what is the basis for the {which} share?");
            bot.say("vic", &question).await;
            bot.last_whisper("vic").await.says(says);
        }
    });
}

#[test]
fn a_source_confirms_a_number_that_stands_and_another_spelling_changes_nothing() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy tam set solutions share=15% source=\"partner survey\"").await;
        let saved = bot.last_whisper("ana").await;
        assert_eq!(saved.change("Solutions share").1, "15% (partner survey, Ana, 5 Oct 2026)");
        bot.say("ana", "/strategy tam set solutions share=15% source=\"partner survey\"").await;
        bot.last_whisper("ana").await.says("These values stand there already.");
        bot.say("ana", "/strategy tam set accounts=4567").await;
        assert_eq!(bot.revision("tam").await, 3);
        for again in ["accounts=4567", "accounts=\"4,567\"", "solutions share=15.00%"] {
            bot.say("ben", &format!("/strategy tam set {again}")).await;
            bot.last_whisper("ben").await.says("These values stand there already.");
        }
        assert_eq!(bot.revision("tam").await, 3);
    });
}
