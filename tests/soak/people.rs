//! People at work: they open edit threads, refine, accept together, discard, ask for reports.

use std::sync::Arc;
use std::time::Duration;

use crate::chance::{Chance, pass};
use crate::town::{Card, Town, open_card};
use crate::wire::{self, Request};

/// All of them are owners.
pub const PEOPLE: [&str; 6] = ["U0ANA", "U0BEN", "U0CAI", "U0DEE", "U0EVE", "U0FAY"];

/// How long somebody waits for a card before they turn to something else.
const CARD: Duration = Duration::from_secs(20);
/// How long they watch for the effect of what they pressed.
const EFFECT: Duration = Duration::from_secs(10);

/// A section, a request that changes it, and what of it can be found again.
fn wish(section: usize, number: usize) -> (&'static str, String, String) {
    let n = 10_000 + number;
    match section % 4 {
        0 => ("icp", format!("narrow the company size to 50–{n} employees"), format!("50–{n} ")),
        1 => ("ipp.profile", format!("at least {n} certified people"), format!("least {n} ")),
        2 => (
            "ipp.types",
            format!("set the value proposition of referral to \"Brings lead number {n}.\""),
            format!("number {n}."),
        ),
        _ => ("tam", format!("set accounts to {n}"), format!("accounts to {n}")),
    }
}

/// One who edits the same section again and again.
pub struct Editor {
    pub town: Arc<Town>,
    pub chance: Chance,
    pub number: usize,
}

impl Editor {
    pub async fn work(mut self) {
        let mut cycle = 0;
        while !self.town.is_over() {
            self.edit(cycle).await;
            cycle += 1;
            pass(self.chance.millis(60)).await;
        }
    }

    fn someone(&mut self) -> &'static str {
        self.chance.one(&PEOPLE)
    }

    fn ways_to_answer(&self, user: &str) -> (String, String) {
        (self.town.api.trigger(user), self.town.api.response_url(user))
    }

    async fn edit(&mut self, cycle: usize) {
        let channel = format!("C0E{}X{}", self.number, cycle / 6);
        // Numbers of their own for each editor, so that every request changes something.
        let (section, text, token) = wish(self.number, self.number * 10_000 + cycle * 2);
        let user = self.someone();
        let (trigger, url) = self.ways_to_answer(user);
        let words = format!("edit {section} {text}");
        let request = wire::command(user, &channel, &words, (&trigger, &url));
        if self.town.send(&request).await {
            self.town.ledger().edits.insert(request.key);
        }
        let Some(card) = self.card(&channel, &token).await else { return };
        match self.chance.below(100) {
            0..8 => self.discard(&channel, &card).await,
            8..20 => self.refine(&channel, &card, cycle).await,
            20..25 => {}
            _ => self.accept_together(&channel, &card).await,
        }
    }

    async fn card(&self, channel: &str, token: &str) -> Option<Card> {
        self.town.see(CARD, |api| open_card(api, channel, token)).await
    }

    /// One to three people press, some of their requests arrive twice.
    async fn accept_together(&mut self, channel: &str, card: &Card) {
        let mut presses = Vec::new();
        for _ in 0..=self.chance.below(3) {
            let request = self.press(channel, card, "accept");
            let copies = if self.chance.percent(30) { 2 } else { 1 };
            presses.extend(std::iter::repeat_n(request, copies));
        }
        self.accept(&card.id, presses).await;
        if !self.chance.percent(20) {
            self.ended(channel, card).await;
        }
    }

    fn press(&mut self, channel: &str, card: &Card, what: &str) -> Request {
        let user = self.someone();
        let (trigger, url) = self.ways_to_answer(user);
        let value = format!("{what} {}", card.id);
        wire::press(user, (channel, &card.root, &card.ts), &value, (&trigger, &url))
    }

    async fn accept(&self, id: &str, requests: Vec<Request>) {
        self.town.ledger().accepts.entry(id.to_owned()).or_default().sent += requests.len();
        let sends = requests.iter().map(|request| self.town.send(request));
        let promised = futures_util::future::join_all(sends).await;
        let promised = promised.into_iter().filter(|promised| *promised).count();
        self.town.ledger().accepts.entry(id.to_owned()).or_default().promised += promised;
    }

    async fn ended(&self, channel: &str, card: &Card) {
        let ended = |api: &crate::slack_api::SlackApi| {
            let message = api.messages(channel).into_iter().find(|posted| posted.ts == card.ts)?;
            message.edited.then_some(())
        };
        self.town.see(EFFECT, ended).await;
    }

    async fn discard(&mut self, channel: &str, card: &Card) {
        self.town.ledger().disputed.insert(card.id.clone());
        let request = self.press(channel, card, "discard");
        self.town.send(&request).await;
    }

    /// Says something else in the thread, and accepts what comes of it by a word.
    async fn refine(&mut self, channel: &str, card: &Card, cycle: usize) {
        self.town.ledger().disputed.insert(card.id.clone());
        let (_, text, token) = wish(self.number, self.number * 10_000 + cycle * 2 + 1);
        let request = self.say(channel, card, &text);
        self.town.send(&request).await;
        let Some(next) = self.card(channel, &token).await else { return };
        let request = self.say(channel, &next, "accept");
        self.accept(&next.id, vec![request]).await;
        self.ended(channel, &next).await;
    }

    fn say(&mut self, channel: &str, card: &Card, text: &str) -> Request {
        let user = self.someone();
        let ts = self.town.api.say(channel, user, Some(&card.root), text);
        wire::message(user, (channel, &card.root), text, &ts)
    }
}

/// One who asks for the quarterly review now and then.
pub async fn reporter(town: Arc<Town>, mut chance: Chance, pause: Duration) {
    let mut asked = 0;
    while !town.is_over() {
        let channel = format!("C0R{asked}");
        let user = chance.one(&PEOPLE);
        let ways = (town.api.trigger(user), town.api.response_url(user));
        let request = wire::command(user, &channel, "report quarterly", (&ways.0, &ways.1));
        if town.send(&request).await {
            town.ledger().reports.insert(request.key);
        }
        asked += 1;
        pass(pause + chance.millis(500)).await;
    }
}

/// Orders a daily look at the quarterly review in so many channels.
pub async fn order_schedules(town: &Town, channels: usize) {
    for at in 0..channels {
        let user = PEOPLE[0];
        let ways = (town.api.trigger(user), town.api.response_url(user));
        let hour = 9 + at % 8;
        let words = format!("schedule quarterly in <#C0S{at}|s{at}> daily at {hour:02}:00 UTC");
        let request = wire::command(user, "C0ORDERS", &words, (&ways.0, &ways.1));
        assert!(town.send(&request).await, "a schedule is ordered while the weather is fine");
    }
}
