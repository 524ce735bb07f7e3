//! What only the console has: forms that wait, and cards that show how things are.

use super::bot::on_console;
use super::bot::seen::Seen;
use attache::jobs::Role;

#[test]
fn a_form_waits_through_a_restart_and_is_taken_once() {
    on_console(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy setup 1").await;
        let form = bot.form("ana").await;
        bot.restart(Role::All).await;
        assert_eq!(bot.form("ana").await.id, form.id);
        let first = [
            ("Company name", "Northwind"),
            ("What the company does", "Northwind finds payment fraud for lenders."),
            ("Product category", "Payment fraud detection"),
        ];
        assert_eq!(bot.submit("ana", &form, &first).await, []);
        let second = bot.form("ana").await;
        assert_eq!(second.title, "Set up (2 of 3)");
        // The answer was lost on its way, so it is sent again.
        assert_eq!(bot.submit("ana", &form, &first).await, []);
        assert_eq!(bot.form("ana").await.id, second.id, "the next step is still the same");
    });
}

#[test]
fn what_shows_how_things_are_stands_once_for_each_person_and_place() {
    on_console(async |bot| {
        bot.with_sample().await;
        for who in ["ana", "ben"] {
            for words in
                ["", "help", "members", "settings", "schedules", "deliveries", "icp", "tam"]
            {
                bot.say(who, &format!("/strategy {words}")).await;
            }
        }
        let before = bot.whispers("ana").await;
        let bens = bot.whispers("ben").await.len();
        for words in ["help", "icp", "settings", ""] {
            bot.say("ana", &format!("/strategy {words}")).await;
        }
        let after = bot.whispers("ana").await;
        let ids = |all: &[Seen]| {
            let mut ids: Vec<_> = all.iter().map(|one| one.id.clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(&after), ids(&before), "nothing piles up");
        after.last().unwrap().says("Partner strategy of");
        assert_eq!(bot.whispers("ben").await.len(), bens);
        // What happened is told each time.
        bot.say("ana", "/strategy hepl").await;
        bot.say("ana", "/strategy hepl").await;
        assert_eq!(bot.whispers("ana").await.len(), after.len() + 2);
        bot.say_at(&bot.direct("ana"), "ana", "help").await;
        assert_eq!(bot.whispers("ana").await.len(), after.len() + 3, "each place has its own");
    });
}
