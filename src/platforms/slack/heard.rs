//! From a verified body to an [`Inbound`]: who said what where, in our own words.

use std::collections::BTreeMap;

use super::markup::{Spoken, spoken};
use super::payload::{Action, Command, Envelope, Event, Interaction, User, View};
use super::split;
use crate::conversation::inbound::{
    Actor, Answer, Inbound, Place, PlaceKind, Platform, Said, Standing,
};

/// What a correctly signed body turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one per request, never kept; a box would cost more")]
pub enum Heard {
    /// Something a person did, or that happened to the installation.
    Inbound(Inbound),
    /// Slack asks whether the address is ours: answer with this.
    Challenge(String),
    /// Nothing for us: a kind we do not know, our own words, an edit.
    Nothing,
}

/// The body is signed, but it is not what this address takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unread(pub &'static str);

/// A body of `POST /slack/commands`. `at` is when it was sent, in milliseconds.
pub fn command(at: i64, body: &[u8]) -> Result<Heard, Unread> {
    if is_ssl_check(body) {
        return Ok(Heard::Nothing);
    }
    let command = Command::read(body).ok_or(Unread("the form is not UTF-8"))?;
    let needed = [&command.user_id, &command.channel_id, &command.trigger_id];
    if needed.iter().any(|field| field.is_empty()) {
        return Err(Unread("a command needs user_id, channel_id and trigger_id"));
    }
    let wide = command.is_enterprise_install == "true";
    let team = installed(wide, &command.enterprise_id, &[&command.team_id]);
    let who = Actor {
        platform: Platform::Slack,
        team: team.to_owned(),
        user: command.user_id.clone().into_owned(),
        name: some(&command.user_name),
        standing: Standing::Full,
    };
    let kind = match &*command.channel_name {
        name if name.starts_with("mpdm-") => PlaceKind::Group,
        _ => kind_of(&command.channel_id),
    };
    Ok(Heard::Inbound(Inbound {
        key: format!("c:{}", command.trigger_id),
        at,
        who,
        place: place(team, &command.channel_id, None, kind),
        said: Said::Command(spoken(&command.text, None).text),
        answer: Answer { url: some(&command.response_url), trigger: some(&command.trigger_id) },
    }))
}

/// A body of `POST /slack/interactions`.
pub fn interaction(at: i64, body: &[u8]) -> Result<Heard, Unread> {
    if is_ssl_check(body) {
        return Ok(Heard::Nothing);
    }
    let raw = super::body::pairs(body)
        .find_map(|(name, value)| (name == b"payload").then_some(value))
        .ok_or(Unread("an interaction needs a payload"))?;
    let payload = super::body::decoded(raw).ok_or(Unread("the payload is not UTF-8"))?;
    let payload: Interaction = serde_json::from_str(&payload)
        .map_err(|_| Unread("the payload is not JSON we can read"))?;
    match &*payload.kind {
        "block_actions" => click(at, &payload),
        "view_submission" => submitted(at, &payload),
        _ => Ok(Heard::Nothing),
    }
}

/// Slack asks now and then whether our certificate is good. What else such a body says is let go.
fn is_ssl_check(body: &[u8]) -> bool {
    super::body::pairs(body).any(|pair| pair == (b"ssl_check", b"1"))
}

/// Where the app is installed. An organisation-wide installation is one for all of its workspaces,
/// whichever of them a request comes from.
fn installed<'a>(wide: bool, enterprise: &'a str, teams: &[&'a str]) -> &'a str {
    if wide && !enterprise.is_empty() {
        return enterprise;
    }
    let team = first(teams);
    if team.is_empty() { enterprise } else { team }
}

/// A body of `POST /slack/events`.
pub fn event(at: i64, body: &[u8]) -> Result<Heard, Unread> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|_| Unread("the event is not JSON we can read"))?;
    match (&*envelope.kind, &envelope.event) {
        ("url_verification", _) => match envelope.challenge.get() {
            Some(challenge) => Ok(Heard::Challenge(challenge.to_owned())),
            None => Err(Unread("a url_verification needs a challenge")),
        },
        ("event_callback", Some(event)) => Ok(happened(at, &envelope, event)),
        ("event_callback", None) => Err(Unread("an event_callback needs an event")),
        _ => Ok(Heard::Nothing),
    }
}

fn click(at: i64, payload: &Interaction) -> Result<Heard, Unread> {
    let user = person(payload)?;
    let pressed = payload.actions.iter().flatten().find(|action| !action.value.is_empty());
    let Some(Action { value, action_ts }) = pressed else {
        return Ok(Heard::Nothing);
    };
    if payload.trigger_id.is_empty() {
        return Err(Unread("a press needs a trigger_id"));
    }
    let (place, who) = scene(payload, user);
    let container = payload.container.as_ref();
    let hidden = container.is_some_and(|container| container.is_ephemeral.0);
    let message = stamp(payload, |c| &c.message_ts, |m| &m.ts).filter(|_| !hidden);
    Ok(Heard::Inbound(Inbound {
        key: format!("a:{}:{}", &**action_ts, &*payload.trigger_id),
        at,
        who,
        place,
        said: Said::Click { button: (**value).to_owned(), message: message.map(str::to_owned) },
        answer: answer(payload),
    }))
}

fn submitted(at: i64, payload: &Interaction) -> Result<Heard, Unread> {
    let user = person(payload)?;
    let view = payload.view.as_ref().filter(|view| !view.id.is_empty());
    let view = view.ok_or(Unread("a view_submission needs a view with an id"))?;
    let (place, who) = scene(payload, user);
    Ok(Heard::Inbound(Inbound {
        key: format!("v:{}:{}", &*view.id, &*view.hash),
        at,
        who,
        place,
        said: Said::Submitted { form: (*view.private_metadata).to_owned(), fields: fields(view) },
        answer: answer(payload),
    }))
}

/// What was filled in: our forms name each block after its field and have one input in it.
fn fields(view: &View) -> BTreeMap<String, String> {
    let blocks = view.state.iter().filter_map(|state| state.values.as_ref()).flatten();
    let inputs = blocks.filter_map(|(block, inputs)| {
        let input = inputs.values().next()?;
        let chosen = input.selected_option.as_ref().and_then(|option| option.value.get());
        Some(((**block).to_owned(), chosen.unwrap_or(&input.value).to_owned()))
    });
    split::whole(&inputs.collect())
}

fn happened(at: i64, envelope: &Envelope, event: &Event) -> Heard {
    let said = match &*event.kind {
        "message" | "app_mention" => return said(at, envelope, event),
        "app_home_opened" if !event.user.is_empty() => Said::Opened,
        "app_uninstalled" => Said::Removed,
        "tokens_revoked" if bot_is_gone(event) => Said::Removed,
        _ => return Heard::Nothing,
    };
    let team = team_of(envelope);
    Heard::Inbound(Inbound {
        key: format!("e:{}", key_of(envelope, event)),
        at,
        who: actor(envelope, event, team),
        place: Place {
            shared: envelope.is_ext_shared_channel.0,
            ..place(team, &event.channel, None, PlaceKind::Direct)
        },
        said,
        answer: Answer::default(),
    })
}

/// A revocation that names only people's tokens leaves the bot's alone.
fn bot_is_gone(event: &Event) -> bool {
    let bots = event.tokens.as_ref().and_then(|tokens| tokens.bot.as_ref());
    event.tokens.is_none() || bots.is_some_and(|bots| !bots.is_empty())
}

fn key_of<'a>(envelope: &'a Envelope, event: &'a Event) -> &'a str {
    envelope.event_id.get().unwrap_or(&event.ts)
}

/// A message of a person. The same words come twice when they mention the bot in a channel
/// (`app_mention` and `message`): both have the same key and mean the same.
fn said(at: i64, envelope: &Envelope, event: &Event) -> Heard {
    let by_person =
        !event.user.is_empty() && event.bot_id.is_empty() && *event.user != *"USLACKBOT";
    let new = matches!(&*event.subtype, "" | "file_share" | "thread_broadcast");
    if !by_person || !new || event.channel.is_empty() || event.ts.is_empty() {
        return Heard::Nothing;
    }
    let bot = bot_of(envelope).or_else(|| first_mention(event));
    if bot == Some(&*event.user) {
        return Heard::Nothing;
    }
    let Spoken { text, mentioned } = spoken(&event.text, bot);
    let kind = match &*event.channel_type {
        "im" => PlaceKind::Direct,
        "mpim" => PlaceKind::Group,
        _ => kind_of(&event.channel),
    };
    let thread = event.thread_ts.get().filter(|root| *root != &*event.ts);
    let mentioned = mentioned || *event.kind == *"app_mention" || kind == PlaceKind::Direct;
    let said = match (thread, kind) {
        (None, PlaceKind::Channel | PlaceKind::Group) if !mentioned => return Heard::Nothing,
        (None, PlaceKind::Channel | PlaceKind::Group) => Said::Command(text),
        _ => Said::Message { text, mentioned },
    };
    let team = team_of(envelope);
    Heard::Inbound(Inbound {
        key: format!("m:{}:{team}:{}", &*event.ts, &*event.channel),
        at,
        who: actor(envelope, event, team),
        place: Place {
            shared: envelope.is_ext_shared_channel.0,
            ..place(team, &event.channel, thread, kind)
        },
        said,
        answer: Answer::default(),
    })
}

/// Our user id there, as the event's authorization names it.
fn bot_of<'a>(envelope: &'a Envelope) -> Option<&'a str> {
    let mut bots = envelope.authorizations.iter().flatten().filter(|given| given.is_bot.0);
    bots.find_map(|given| given.user_id.get())
}

/// An `app_mention` without authorizations still begins, as a rule, with our name.
fn first_mention<'a>(event: &'a Event) -> Option<&'a str> {
    let text = event.text.trim_start().strip_prefix("<@")?;
    let name = text.split(['>', '|']).next()?;
    (*event.kind == *"app_mention" && !name.is_empty()).then_some(name)
}

/// The installation's team: what the authorization says, which also holds in shared channels.
fn team_of<'a>(envelope: &'a Envelope) -> &'a str {
    let given = envelope.authorizations.iter().flatten();
    let team = given.clone().find_map(|given| given.team_id.get()).unwrap_or_default();
    let theirs = given.clone().find_map(|given| given.enterprise_id.get()).unwrap_or_default();
    let enterprise = first(&[theirs, &envelope.enterprise_id]);
    installed(is_wide(envelope), enterprise, &[team, &envelope.team_id])
}

fn is_wide(envelope: &Envelope) -> bool {
    envelope.authorizations.iter().flatten().any(|given| given.is_enterprise_install.0)
}

fn actor(envelope: &Envelope, event: &Event, team: &str) -> Actor {
    let theirs = first(&[&event.user_team, &event.team, &event.source_team]);
    let given = envelope.authorizations.iter().flatten();
    let home = given.map(|given| &*given.enterprise_id).find(|id| !id.is_empty());
    let home = [team, home.unwrap_or_default()];
    let unknown = theirs.is_empty() && envelope.is_ext_shared_channel.0;
    // Which workspaces are of an organisation the event does not say: Slack is asked about the person.
    let foreign = !is_wide(envelope) && is_foreign(theirs, &home);
    let standing = if event.user.is_empty() {
        Standing::Bot
    } else if unknown || foreign {
        Standing::External
    } else {
        Standing::Full
    };
    member(team, theirs, (&event.user, None), standing)
}

fn scene(payload: &Interaction, user: &User) -> (Place, Actor) {
    let wide = payload.is_enterprise_install.0;
    let there = payload.view.as_ref().map_or("", |view| &*view.app_installed_team_id);
    let named = payload.team.as_ref().map_or("", |team| &*team.id);
    let enterprise = payload.enterprise.as_ref().map_or("", |enterprise| &*enterprise.id);
    let team = installed(wide, enterprise, &[there, named, &user.team_id]);
    let foreign = !wide && is_foreign(&user.team_id, &[team, enterprise]);
    let standing = if user.is_bot.0 {
        Standing::Bot
    } else if user.is_stranger.0 || foreign {
        Standing::External
    } else if user.is_restricted.0 || user.is_ultra_restricted.0 {
        Standing::Guest
    } else {
        Standing::Full
    };
    let name = user.name.get().or(user.username.get());
    let who = member(team, &user.team_id, (&user.id, name), standing);
    let channel = payload.channel.as_ref().and_then(|channel| channel.id.get());
    let channel = channel.or_else(|| payload.container.as_ref().and_then(|c| c.channel_id.get()));
    let place = match channel {
        Some(channel) => {
            let message = stamp(payload, |c| &c.message_ts, |m| &m.ts);
            let thread = stamp(payload, |c| &c.thread_ts, |m| &m.thread_ts);
            place(team, channel, thread.filter(|root| Some(*root) != message), kind_of(channel))
        }
        // A form or a home has no channel: what is said about it goes to the person alone.
        None => place(team, &user.id, None, PlaceKind::Direct),
    };
    (place, who)
}

/// A stamp of the message pressed on: from the container, else from the message itself.
fn stamp<'a>(
    payload: &'a Interaction,
    container: impl Fn(&'a super::payload::Container<'a>) -> &'a super::payload::Words<'a>,
    message: impl Fn(&'a super::payload::Stamped<'a>) -> &'a super::payload::Words<'a>,
) -> Option<&'a str> {
    let held = payload.container.as_ref().and_then(|held| container(held).get());
    held.or_else(|| payload.message.as_ref().and_then(|held| message(held).get()))
}

fn person<'a>(payload: &'a Interaction<'a>) -> Result<&'a User<'a>, Unread> {
    let user = payload.user.as_ref().filter(|user| !user.id.is_empty());
    user.ok_or(Unread("an interaction needs a user"))
}

fn answer(payload: &Interaction) -> Answer {
    Answer { url: some(&payload.response_url), trigger: some(&payload.trigger_id) }
}

fn is_foreign(theirs: &str, home: &[&str]) -> bool {
    !theirs.is_empty() && !home.contains(&theirs)
}

fn member(
    team: &str,
    theirs: &str,
    (user, name): (&str, Option<&str>),
    standing: Standing,
) -> Actor {
    let foreign = standing == Standing::External && !theirs.is_empty();
    Actor {
        platform: Platform::Slack,
        team: if foreign { theirs } else { team }.to_owned(),
        user: user.to_owned(),
        name: name.map(str::to_owned),
        standing,
    }
}

fn place(team: &str, channel: &str, thread: Option<&str>, kind: PlaceKind) -> Place {
    Place {
        platform: Platform::Slack,
        team: team.to_owned(),
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
        kind,
        shared: false,
    }
}

fn kind_of(channel: &str) -> PlaceKind {
    if channel.starts_with('D') { PlaceKind::Direct } else { PlaceKind::Channel }
}

fn first<'a>(texts: &[&'a str]) -> &'a str {
    texts.iter().copied().find(|text| !text.is_empty()).unwrap_or_default()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const AT: i64 = 1_795_176_840_000;

    pub(crate) fn fixture(topic: &str, name: &str) -> Value {
        let path = format!("{}/tests/fixtures/slack/{topic}.json", env!("CARGO_MANIFEST_DIR"));
        let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        all.get(name).unwrap_or_else(|| panic!("{topic}.json has no {name}")).clone()
    }

    pub(crate) fn form(fields: &Value) -> Vec<u8> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields.as_object().unwrap() {
            form.append_pair(name, value.as_str().unwrap());
        }
        form.finish().into_bytes()
    }

    pub(crate) fn payload(payload: &Value) -> Vec<u8> {
        form(&serde_json::json!({ "payload": payload.to_string() }))
    }

    fn commanded(name: &str) -> Inbound {
        heard(command(AT, &form(&fixture("commands", name))))
    }

    fn interacted(topic: &str, name: &str) -> Result<Heard, Unread> {
        interaction(AT, &payload(&fixture(topic, name)))
    }

    fn told(topic: &str, name: &str) -> Result<Heard, Unread> {
        event(AT, fixture(topic, name).to_string().as_bytes())
    }

    fn heard(outcome: Result<Heard, Unread>) -> Inbound {
        match outcome {
            Ok(Heard::Inbound(inbound)) => inbound,
            other => panic!("not heard: {other:?}"),
        }
    }

    fn message(text: &str, mentioned: bool) -> Said {
        Said::Message { text: text.to_owned(), mentioned }
    }

    #[test]
    fn a_slash_command_says_who_asked_what_where_and_how_to_answer() {
        let inbound = commanded("in_a_channel");
        assert_eq!(inbound.key, "c:2120776669967030.1.c0ffee0123456789abcdef0123456789");
        assert_eq!(inbound.at, AT);
        assert_eq!(inbound.who.user, "U0ANA");
        assert_eq!(inbound.who.team, "T0NORTHW");
        assert_eq!(inbound.who.name.as_deref(), Some("ana.reyes"));
        assert_eq!(inbound.place, place("T0NORTHW", "C0STRATEGY", None, PlaceKind::Channel));
        assert_eq!(inbound.said, Said::Command("show icp".to_owned()));
        let url = "https://hooks.slack.com/commands/T0NORTHW/1/abc";
        assert_eq!(inbound.answer.url.as_deref(), Some(url));
        assert!(inbound.answer.trigger.is_some());
    }

    #[test]
    fn a_command_knows_its_kind_of_place_and_reads_slacks_markup() {
        assert_eq!(commanded("in_a_direct_chat").place.kind, PlaceKind::Direct);
        assert_eq!(commanded("in_a_direct_chat").said, Said::Command(String::new()));
        assert_eq!(commanded("in_a_group_chat").place.kind, PlaceKind::Group);
        let words = "schedule quarterly in <#C0LEAD|leadership> for R&D".to_owned();
        assert_eq!(commanded("with_slack_markup").said, Said::Command(words));
        assert_eq!(commanded("of_an_organisation").place.team, "E0NORTH");
    }

    #[test]
    fn every_workspace_of_an_organisation_wide_installation_is_one_place_to_us() {
        let mut asked = fixture("commands", "in_a_channel");
        asked["enterprise_id"] = "E0NORTH".into();
        let from = |asked: &Value| heard(command(AT, &form(asked)));
        assert_eq!(from(&asked).place.team, "T0NORTHW", "installed in this workspace alone");
        asked["is_enterprise_install"] = "true".into();
        let mut pressed = fixture("clicks", "on_a_message");
        pressed["is_enterprise_install"] = true.into();
        pressed["enterprise"] = serde_json::json!({ "id": "E0NORTH", "name": "Northwind" });
        let mut said = fixture("messages", "in_a_direct_chat");
        said["enterprise_id"] = "E0NORTH".into();
        said["authorizations"][0]["enterprise_id"] = "E0NORTH".into();
        said["authorizations"][0]["is_enterprise_install"] = true.into();
        for workspace in [Value::from("T0SISTER"), Value::from("T0NORTHW"), Value::Null] {
            asked["team_id"] = workspace.as_str().unwrap_or_default().into();
            pressed["team"] = serde_json::json!({ "id": workspace });
            pressed["user"]["team_id"] = workspace.clone();
            said["team_id"] = workspace.clone();
            said["event"]["team"] = workspace.clone();
            said["authorizations"][0]["team_id"] = workspace.clone();
            let all = [
                from(&asked),
                heard(interaction(AT, &payload(&pressed))),
                heard(event(AT, said.to_string().as_bytes())),
            ];
            for one in all {
                let Inbound { who, place, .. } = &one;
                let teams = [who.team.as_str(), &place.team];
                assert_eq!(teams, ["E0NORTH", "E0NORTH"], "{workspace} {one:?}");
                assert_eq!(who.standing, Standing::Full, "{workspace} {one:?}");
            }
        }
        pressed["user"]["is_stranger"] = true.into();
        let stranger = heard(interaction(AT, &payload(&pressed))).who;
        assert_eq!(stranger.standing, Standing::External);
    }

    #[test]
    fn a_certificate_check_is_no_request_whatever_else_it_says() {
        let mut checks = form(&fixture("commands", "in_a_channel"));
        checks.extend_from_slice(b"&ssl_check=1");
        assert_eq!(command(AT, b"ssl_check=1&token=abc"), Ok(Heard::Nothing));
        assert_eq!(command(AT, &checks), Ok(Heard::Nothing));
        assert_eq!(interaction(AT, b"ssl_check=1&payload=%7B%7D"), Ok(Heard::Nothing));
        for other in [&b"ssl_check=0"[..], b"ssl_check=true", b"ssl_check", b"xssl_check=1"] {
            assert!(command(AT, other).is_err(), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn a_press_carries_the_buttons_value_and_its_message() {
        let inbound = heard(interacted("clicks", "on_a_message"));
        let key = "a:1795176840.274100:2536985466208767.1.c0ffee0123456789abcdef0123456789";
        assert_eq!(inbound.key, key);
        assert_eq!(inbound.place.thread.as_deref(), Some("1795176800.000100"));
        let message = Some("1795176838.159679".to_owned());
        assert_eq!(inbound.said, Said::Click { button: "accept:0192f".to_owned(), message });
        assert_eq!(inbound.who.standing, Standing::Full);
        assert!(inbound.answer.url.is_some() && inbound.answer.trigger.is_some());
    }

    #[test]
    fn a_press_on_the_root_of_a_thread_is_not_inside_the_thread() {
        let inbound = heard(interacted("clicks", "on_the_root_of_a_thread"));
        assert_eq!(inbound.place.thread, None);
    }

    #[test]
    fn a_press_on_a_private_message_names_no_message_to_update() {
        let inbound = heard(interacted("clicks", "on_a_private_message"));
        let button = "accept:0192f".to_owned();
        assert_eq!(inbound.said, Said::Click { button, message: None });
        assert_eq!(inbound.place.thread.as_deref(), Some("1795176800.000100"));
    }

    #[test]
    fn presses_without_team_channel_or_known_container_are_heard() {
        for (name, team) in [
            ("in_a_form", "T0NORTHW"),
            ("in_an_unknown_container", "T0NORTHW"),
            ("without_a_team", "E0NORTH"),
        ] {
            let inbound = heard(interacted("clicks", name));
            assert_eq!(inbound.place.team, team, "{name}");
            assert_eq!(inbound.who.standing, Standing::Full, "{name}");
        }
        let place = heard(interacted("clicks", "in_a_form")).place;
        assert_eq!((place.channel.as_str(), place.kind), ("U0ANA", PlaceKind::Direct));
    }

    #[test]
    fn guests_and_people_of_other_organisations_are_told_apart() {
        let standing = |name| heard(interacted("clicks", name)).who.standing;
        assert_eq!(standing("by_a_guest"), Standing::Guest);
        assert_eq!(standing("by_somebody_else_of_a_shared_channel"), Standing::External);
        let eve = heard(interacted("clicks", "by_somebody_else_of_a_shared_channel"));
        assert_eq!((eve.who.team.as_str(), eve.place.team.as_str()), ("T0PARTNER", "T0NORTHW"));
    }

    #[test]
    fn a_sent_form_carries_its_token_and_every_field() {
        for name in ["sent", "sent_without_a_team"] {
            let inbound = heard(interacted("forms", name));
            assert_eq!(inbound.key, "v:V0FORM:1795176850.YVocmHYs");
            let fields =
                [("note", ""), ("request", "narrow it to 50–500 employees"), ("type", "solutions")];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            assert_eq!(inbound.said, Said::Submitted { form: "refine:0192f".to_owned(), fields });
        }
    }

    #[test]
    fn what_is_not_for_us_is_passed_over_politely() {
        let nothing = Ok(Heard::Nothing);
        for name in ["closed", "global_shortcut", "of_an_unknown_type"] {
            assert_eq!(interacted("forms", name), nothing, "{name}");
        }
        assert_eq!(interacted("clicks", "on_something_without_a_value"), nothing);
        for name in [
            "at_the_top_of_a_channel",
            "in_a_group_chat",
            "of_the_bot",
            "of_the_bot_without_bot_id",
            "of_slackbot",
            "edited",
            "deleted",
        ] {
            assert_eq!(told("messages", name), nothing, "{name}");
        }
        for name in ["user_tokens_revoked", "team_joined", "rate_limited"] {
            assert_eq!(told("lifecycle", name), nothing, "{name}");
        }
    }

    #[test]
    fn a_mention_and_its_twin_are_the_same_request() {
        for (one, other, said) in [
            ("mention_as_message", "mention_as_mention", Said::Command("show icp".to_owned())),
            (
                "mention_in_a_thread_as_message",
                "mention_in_a_thread_as_mention",
                message("shorter please", true),
            ),
        ] {
            let (one, other) = (heard(told("messages", one)), heard(told("messages", other)));
            assert_eq!(one, other);
            assert_eq!(one.key, "m:1795176838.162927:T0NORTHW:C0STRATEGY");
            assert_eq!(one.said, said);
        }
    }

    #[test]
    fn words_in_threads_and_direct_chats_are_heard() {
        let said = |name| heard(told("messages", name)).said;
        let words = "Could we show icp and widen it to fintech firms in the Nordics before Thursday's review?";
        assert_eq!(said("in_a_thread"), message(words, false));
        assert_eq!(said("in_a_direct_chat"), message("icp", true));
        assert_eq!(said("in_a_direct_thread"), message("shorter", true));
        assert_eq!(said("with_a_file"), message("see the sheet", false));
        assert_eq!(said("with_foreign_metadata"), message("numbers", false));
        assert_eq!(said("bare_mention"), Said::Command("Help".to_owned()));
        assert_eq!(said("of_an_organisation_install"), message("icp", true));
    }

    #[test]
    fn a_shared_channel_is_marked_and_strangers_in_it_are_external() {
        let eve = heard(told("messages", "of_another_organisation"));
        assert!(eve.place.shared);
        assert_eq!(eve.place.team, "T0NORTHW");
        assert_eq!((eve.who.team.as_str(), eve.who.standing), ("T0PARTNER", Standing::External));
        let who = heard(told("messages", "of_nobody_known_in_a_shared_channel"));
        assert_eq!(who.who.standing, Standing::External);
    }

    #[test]
    fn the_life_of_the_installation_is_heard() {
        assert_eq!(heard(told("lifecycle", "home_opened")).said, Said::Opened);
        assert_eq!(heard(told("lifecycle", "home_opened")).place.channel, "D0ANA");
        assert_eq!(heard(told("lifecycle", "uninstalled")).said, Said::Removed);
        assert_eq!(heard(told("lifecycle", "bot_tokens_revoked")).said, Said::Removed);
        let challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P".to_owned();
        assert_eq!(told("lifecycle", "address_check"), Ok(Heard::Challenge(challenge)));
    }

    #[test]
    fn broken_bodies_are_refused_with_a_reason() {
        assert!(command(AT, b"").is_err());
        assert!(command(AT, b"user_id=%FF&channel_id=C1&trigger_id=1").is_err());
        for body in [&b""[..], b"payload=", b"payload=%7B", b"payload=7", b"payload=%FF"] {
            assert!(interaction(AT, body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        for body in [&b""[..], b"{", b"7", b"\"x\"", b"{\"type\":\"event_callback\"}"] {
            assert!(event(AT, body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        assert!(event(AT, b"{\"type\":\"url_verification\"}").is_err());
        assert_eq!(event(AT, b"{}"), Ok(Heard::Nothing));
    }

    /// Puts `junk` in place of one value somewhere in the payload.
    fn spoil(value: &mut Value, junk: &Value, path: &[usize]) {
        let children: Vec<&mut Value> = match value {
            Value::Object(map) => map.values_mut().collect(),
            Value::Array(items) => items.iter_mut().collect(),
            _ => return *value = junk.clone(),
        };
        let count = children.len();
        match (path, children.into_iter().nth(path.first().map_or(0, |step| step % count.max(1)))) {
            ([_, rest @ ..], Some(child)) if !rest.is_empty() => spoil(child, junk, rest),
            (_, Some(child)) => *child = junk.clone(),
            (_, None) => *value = junk.clone(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(250))]

        #[test]
        fn no_payload_with_a_spoilt_part_makes_us_panic(
            path in prop::collection::vec(0..40_usize, 1..6),
            junk in prop::sample::select(vec![
                Value::Null, Value::from(7), Value::from(""), Value::from("\u{0}<@"),
                serde_json::json!([]), serde_json::json!({}), serde_json::json!([[{}]]),
            ]),
        ) {
            for (topic, name) in [("clicks", "on_a_message"), ("forms", "sent")] {
                let mut value = fixture(topic, name);
                spoil(&mut value, &junk, &path);
                let _ = interaction(AT, &payload(&value));
            }
            let mut value = fixture("messages", "in_a_thread");
            spoil(&mut value, &junk, &path);
            let _ = event(AT, value.to_string().as_bytes());
        }

        #[test]
        fn no_bytes_make_us_panic(body in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = (command(AT, &body), interaction(AT, &body), event(AT, &body));
        }
    }
}
