//! Sixteen copies of one signed request at once.

use std::time::Duration;

use futures_util::future::join_all;

use crate::checker;
use crate::database::Kind;
use crate::fleet::Fleet;
use crate::ledger::Accepts;
use crate::people::PEOPLE;
use crate::scale::Scale;
use crate::town::open_card;
use crate::wire::{self, Request};

const COPIES: usize = 16;

pub async fn run(scale: &Scale) {
    let rounds = scale.count(100, 10);
    let mut fleet = Fleet::start(Kind::Sqlite, 1).await;
    for round in 0..rounds {
        let channel = format!("C0C{}", round / 5);
        let user = PEOPLE[round % PEOPLE.len()];
        let upper = 10_000 + round;
        let text = format!("edit icp narrow the company size to 50–{upper} employees");
        let ways = (fleet.town.api.trigger(user), fleet.town.api.response_url(user));
        let request = wire::command(user, &channel, &text, (&ways.0, &ways.1));
        all_at_once(&fleet, &request).await;
        fleet.town.ledger().edits.insert(request.key);
        let token = format!("50–{upper} ");
        let long = Duration::from_secs(30);
        let card = fleet.town.see(long, |api| open_card(api, &channel, &token)).await;
        let card = card.expect("one thread with one card");
        let ways = (fleet.town.api.trigger(user), fleet.town.api.response_url(user));
        let value = format!("accept {}", card.id);
        let place = (channel.as_str(), card.root.as_str(), card.ts.as_str());
        let request = wire::press(user, place, &value, (&ways.0, &ways.1));
        all_at_once(&fleet, &request).await;
        fleet.town.ledger().accepts.insert(card.id, Accepts { sent: COPIES, promised: COPIES });
        let done = fleet.town.see(long, |api| {
            let message = api.messages(&channel).into_iter().find(|posted| posted.ts == card.ts)?;
            message.edited.then_some(())
        });
        done.await.expect("it was accepted");
    }
    fleet.drain(Vec::new()).await;
    let mut look = fleet.database.look().await;
    let counted: Vec<(i64, i64)> = crate::database::rows!(
        look,
        "SELECT (SELECT COUNT(*) FROM thread), (SELECT COUNT(*) FROM section_revision \
         WHERE proposal_id IS NOT NULL)"
    );
    look.close().await;
    fleet.end().await;
    let outcome = checker::check(&fleet).await;
    let mut facts = vec![("rounds", format!("{rounds}, each 2 requests in {COPIES} copies"))];
    facts.extend(outcome.facts());
    scale.tell(&facts);
    outcome.must_be_clean(&fleet.plan);
    let each = i64::try_from(rounds).unwrap();
    assert_eq!(counted, [(each, each)], "threads and revisions, one for each round");
}

async fn all_at_once(fleet: &Fleet, request: &Request) {
    let copies = join_all((0..COPIES).map(|_| fleet.town.send(request))).await;
    assert_eq!(copies, [true; COPIES], "each copy is answered as if it were the only one");
}
