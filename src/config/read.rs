//! From texts to settings; every fault is told, not only the first.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::table::{self, NOT_USED, NOT_YET, NotYet};
use super::{
    ClockSettings, ConsoleSettings, Database, Flags, KeySource, Listen, LogFormat, LogSettings,
    Owner, OwnerOn, Refused, Secret, SecretKey, SendSettings, Settings, SlackSettings,
};

/// Slack's own have 32 characters; a shorter one is a slip of copying.
const SHORTEST_SIGNING_SECRET: usize = 16;

pub(super) fn settings(
    flags: &Flags,
    environment: &BTreeMap<String, String>,
) -> Result<Settings, Refused> {
    let mut given = Given { flags, environment, faults: Vec::new() };
    given.refuse_what_is_not_served();
    let listen = listen(&mut given);
    let database = database(&mut given);
    let settings = Settings {
        key: key(&mut given, &database),
        console: console(&mut given, &listen),
        slack: slack(&mut given),
        notes: given.what_is_not_used(),
        clock: clock(&mut given, &listen),
        owners: given.parsed("ATTACHE_OWNERS", owners).unwrap_or_default(),
        sends: sends(&mut given),
        per_person: per_person(&mut given),
        log: log(&mut given),
        listen,
        database,
    };
    if given.faults.is_empty() { Ok(settings) } else { Err(Refused(given.faults)) }
}

/// What was given, and what is wrong with it so far.
struct Given<'a> {
    flags: &'a Flags,
    environment: &'a BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Given<'_> {
    /// What somebody set, trimmed; an empty value is not set.
    fn set(&self, env: &str) -> Option<String> {
        let text = self.flags.get(env).or_else(|| self.environment.get(env).map(String::as_str))?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn set_or_default(&self, env: &str) -> Option<String> {
        self.set(env).or_else(|| table::of(env)?.default.map(str::to_owned))
    }

    /// The value, read; a fault names the variable and never quotes a value by itself.
    fn parsed<T>(&mut self, env: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.set_or_default(env)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.fault(format!("{env}: {why}"));
                None
            }
        }
    }

    fn fault(&mut self, sentence: impl Into<String>) {
        self.faults.push(sentence.into());
    }

    fn refuse_what_is_not_served(&mut self) {
        let refused = self.named_in(NOT_YET);
        self.faults.extend(refused);
    }

    fn what_is_not_used(&self) -> Vec<String> {
        self.named_in(NOT_USED)
    }

    /// A sentence for each variable that is set and stands in the list.
    fn named_in(&self, list: &[NotYet]) -> Vec<String> {
        let said = self.environment.iter().filter_map(|(name, value)| {
            let named = |env: &str| name == env || env.ends_with('_') && name.starts_with(env);
            let found = list.iter().find(|not_yet| named(not_yet.env))?;
            (!value.trim().is_empty()).then(|| format!("{name} is set, but {}.", found.sentence))
        });
        said.collect()
    }

    /// Half of a group: says which part is there and which is missing.
    fn half_set(&mut self, there: &str, missing: &[&str], instead: &str) {
        let (verb, them) = if missing.len() == 1 { ("is", "it") } else { ("are", "them") };
        let missing = missing.join(" and ");
        self.fault(format!(
            "{there} is set, but {missing} {verb} missing: set {them} too, or unset {there} \
             {instead}."
        ));
    }
}

fn listen(given: &mut Given<'_>) -> Listen {
    let address = given.parsed("ATTACHE_LISTEN", |text| {
        let text = text.replacen("localhost:", "127.0.0.1:", 1);
        text.parse::<SocketAddr>()
            .map_err(|_| format!("`{text}` is not an address with a port, such as 127.0.0.1:8080."))
    });
    let public_url = given.parsed("ATTACHE_PUBLIC_URL", public_url);
    Listen { address: address.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into()), public_url }
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = web_address(text)?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("only scheme, host and port, such as https://attache.example.com.".to_owned());
    }
    Ok(url)
}

/// `https://…`, or `http://…` on this machine; no user or password inside.
fn web_address(text: &str) -> Result<Url, String> {
    let url = any_web_address(text)?;
    if url.scheme() == "http" && !is_this_machine(&url) {
        return Err("https is needed for any machine but this one.".to_owned());
    }
    Ok(url)
}

fn any_web_address(text: &str) -> Result<Url, String> {
    let wrong = || "not a web address, such as https://attache.example.com.".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("no user or password may stand in it.".to_owned());
    }
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn database(given: &mut Given<'_>) -> Database {
    given.parsed("ATTACHE_DATABASE_URL", database_address).unwrap_or_else(|| Database::Sqlite {
        url: "sqlite://data/attache.db".to_owned(),
        file: "data/attache.db".into(),
    })
}

fn database_address(text: &str) -> Result<Database, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(Database::Postgres { url: Secret::new(text) });
    }
    let Some(rest) = text.strip_prefix("sqlite:") else {
        return Err("it starts with sqlite:// or postgres://.".to_owned());
    };
    let path = rest.strip_prefix("//").unwrap_or(rest);
    let path = path.split('?').next().unwrap_or(path);
    if path.is_empty() || path == ":memory:" || path.contains('%') || path.ends_with('/') {
        return Err(
            "name a file (without percent signs), such as sqlite://data/attache.db.".to_owned()
        );
    }
    Ok(Database::Sqlite { url: text.to_owned(), file: path.into() })
}

fn key(given: &mut Given<'_>, database: &Database) -> KeySource {
    let key = given.parsed("ATTACHE_SECRET_KEY", |text| {
        SecretKey::from_base64(text)
            .ok_or_else(|| "it is 32 bytes in base64: openssl rand -base64 32.".to_owned())
    });
    match (key, database) {
        (Some(key), _) => KeySource::Given(key),
        (None, Database::Sqlite { file, .. }) => KeySource::KeptAt(file.with_extension("key")),
        (None, Database::Postgres { .. }) => {
            if given.set("ATTACHE_SECRET_KEY").is_none() {
                given.fault(
                    "ATTACHE_SECRET_KEY is missing: with PostgreSQL every process needs the same \
                     one. Make it once: openssl rand -base64 32.",
                );
            }
            KeySource::KeptAt(PathBuf::new())
        }
    }
}

fn console(given: &mut Given<'_>, listen: &Listen) -> ConsoleSettings {
    let asked = given.parsed("ATTACHE_CONSOLE", |text| match text {
        "on" | "true" | "1" => Ok(true),
        "off" | "false" | "0" => Ok(false),
        _ => Err("it is on or off.".to_owned()),
    });
    if asked == Some(true) && !listen.is_loopback() && listen.public_url.is_none() {
        given.half_set(
            "ATTACHE_CONSOLE",
            &["ATTACHE_PUBLIC_URL"],
            "or listen on loopback; beyond this machine the console answers only to its own name",
        );
    }
    ConsoleSettings { on: asked.unwrap_or(listen.is_loopback()) }
}

fn slack(given: &mut Given<'_>) -> Option<SlackSettings> {
    let api_url = given.parsed("SLACK_API_URL", |text| {
        web_address(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
    });
    let parts = ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"];
    let missing: Vec<_> = parts.into_iter().filter(|part| given.set(part).is_none()).collect();
    let there = parts.into_iter().chain(["SLACK_API_URL"]).find(|name| given.set(name).is_some());
    if let Some(there) = there.filter(|_| !missing.is_empty()) {
        given.half_set(there, &missing, "to run without Slack");
    }
    let signing_secret = given.parsed("SLACK_SIGNING_SECRET", |text| {
        if text.len() < SHORTEST_SIGNING_SECRET {
            return Err("it is too short to be a signing secret.".to_owned());
        }
        Ok(Secret::new(text))
    });
    let bot_token = given.parsed("SLACK_BOT_TOKEN", |text| bot_token(text).map(Secret::new));
    Some(SlackSettings {
        signing_secret: signing_secret?,
        bot_token: bot_token?,
        api_url: api_url?,
    })
}

/// Slack's tokens say by their first letters what they are for.
fn bot_token(text: &str) -> Result<&str, String> {
    let is = match text {
        _ if text.starts_with("xoxb-") => return Ok(text),
        _ if text.starts_with("xoxp-") => "that is the token of a person",
        _ if text.starts_with("xapp-") => "that is the token of an app for socket mode",
        _ if text.starts_with("xoxe") => "that is a token that expires; rotation must be off",
        _ => "that is no token of a bot",
    };
    Err(format!(
        "{is}. A bot's starts with xoxb-: Slack app, OAuth & Permissions, Bot User OAuth Token."
    ))
}

fn clock(given: &mut Given<'_>, listen: &Listen) -> ClockSettings {
    let starts = given.parsed("ATTACHE_CLOCK", |text| {
        text.parse::<Timestamp>()
            .map_err(|_| format!("`{text}` is not a time such as 2026-10-05T08:59:50Z."))
    });
    if starts.is_some() && !listen.is_loopback() {
        given.fault(
            "ATTACHE_CLOCK is for trying things out: it is refused unless ATTACHE_LISTEN is a \
             loopback address such as 127.0.0.1:8080.",
        );
    }
    ClockSettings { starts }
}

fn owners(text: &str) -> Result<Vec<Owner>, String> {
    let mut owners = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let owner = owner(part).ok_or_else(|| {
            format!("`{part}` is not an owner such as slack:U01ALICE or console:ana.")
        })?;
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    Ok(owners)
}

fn owner(text: &str) -> Option<Owner> {
    let (on, user) = text.split_once(':')?;
    let on = [OwnerOn::Slack, OwnerOn::Console].into_iter().find(|p| p.as_str() == on.trim())?;
    let user = user.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    (!user.is_empty() && user.chars().all(plain)).then(|| Owner { on, user: user.to_owned() })
}

fn sends(given: &mut Given<'_>) -> SendSettings {
    let rest = given.parsed("ATTACHE_RECONCILE_REST_MS", |text| {
        text.parse::<u32>().map_err(|_| format!("`{text}` is not a number of milliseconds."))
    });
    SendSettings { reconcile_rest: Duration::from_millis(rest.unwrap_or_default().into()) }
}

fn per_person(given: &mut Given<'_>) -> Option<u32> {
    let wanted = given.parsed("ATTACHE_PER_PERSON", |text| {
        text.parse::<u32>().map_err(|_| format!("`{text}` is not a number of requests a minute."))
    });
    wanted.filter(|wanted| *wanted > 0)
}

fn log(given: &mut Given<'_>) -> LogSettings {
    let format = given.parsed("ATTACHE_LOG_FORMAT", |text| match text {
        "auto" => Ok(LogFormat::Auto),
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("it is auto, human or json.".to_owned()),
    });
    LogSettings {
        filter: given.set_or_default("RUST_LOG").unwrap_or_default(),
        format: format.unwrap_or(LogFormat::Auto),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const SIGNING: (&str, &str) = ("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5");

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Refused> {
        let environment =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        settings(&Flags::default(), &environment.collect())
    }

    #[track_caller]
    fn refusal(variables: &[(&str, &str)]) -> String {
        read(variables).expect_err("refused").to_string()
    }

    #[test]
    fn nothing_set_gives_a_console_on_an_embedded_database() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen.address.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.database.url(), "sqlite://data/attache.db");
        assert_eq!(settings.key, KeySource::KeptAt("data/attache.key".into()));
        assert!(settings.console.on);
        assert_eq!((settings.slack, settings.notes), (None, Vec::<String>::new()));
        assert_eq!(settings.sends.reconcile_rest, Duration::from_secs(40));
        assert_eq!((settings.clock.starts, settings.owners), (None, vec![]));
        assert_eq!(settings.log.filter, "info");
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let settings = read(&[("SLACK_BOT_TOKEN", ""), ("ATTACHE_LISTEN", " ")]).unwrap();
        assert_eq!(settings.slack, None);
    }

    #[test]
    fn slack_is_served_with_both_of_its_secrets() {
        let slack = read(&[SIGNING, ("SLACK_BOT_TOKEN", "xoxb-1")]).unwrap().slack.unwrap();
        assert_eq!(slack.bot_token.expose(), "xoxb-1");
        assert_eq!(slack.api_url, "https://slack.com/api");
    }

    #[test]
    fn the_address_of_slack_may_be_this_machine() {
        let elsewhere = ("SLACK_API_URL", "http://127.0.0.1:4300/api/");
        let token = ("SLACK_BOT_TOKEN", "xoxb-1");
        let slack = read(&[SIGNING, token, elsewhere]).unwrap().slack.unwrap();
        assert_eq!(slack.api_url, "http://127.0.0.1:4300/api");
        let far = ("SLACK_API_URL", "http://slack.example/api");
        assert_eq!(
            refusal(&[SIGNING, token, far]),
            "SLACK_API_URL: https is needed for any machine but this one."
        );
    }

    #[test]
    fn a_token_that_is_no_bots_is_refused_with_what_it_is() {
        for (token, is) in [
            ("xoxp-1", "that is the token of a person"),
            ("xapp-1", "that is the token of an app for socket mode"),
            ("xoxe.xoxb-1", "that is a token that expires; rotation must be off"),
            ("xoxs-1", "that is no token of a bot"),
            ("Bearer xoxb-1", "that is no token of a bot"),
        ] {
            let said = refusal(&[SIGNING, ("SLACK_BOT_TOKEN", token)]);
            assert!(said.starts_with(&format!("SLACK_BOT_TOKEN: {is}. A bot's starts")), "{said}");
            assert!(!said.contains("Bearer") && !said.contains("p-1"), "{said}");
        }
    }

    #[test]
    fn half_of_a_group_is_refused_with_the_missing_name() {
        let halves: [(&[(&str, &str)], &str); 4] = [
            (&[SIGNING], "SLACK_BOT_TOKEN is missing"),
            (&[("SLACK_BOT_TOKEN", "xoxb-1")], "SLACK_SIGNING_SECRET is missing"),
            (
                &[("SLACK_API_URL", "https://slack.com/api")],
                "SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN are missing",
            ),
            (
                &[("ATTACHE_LISTEN", "0.0.0.0:80"), ("ATTACHE_CONSOLE", "on")],
                "ATTACHE_PUBLIC_URL is missing",
            ),
        ];
        for (half, named) in halves {
            let sentence = refusal(half);
            assert!(sentence.contains(named), "{half:?}: {sentence}");
        }
    }

    #[test]
    fn postgres_wants_a_key_that_all_processes_share() {
        let database = ("ATTACHE_DATABASE_URL", "postgres://attache:pass@db/attache");
        assert!(refusal(&[database]).starts_with("ATTACHE_SECRET_KEY is missing"));
        let settings = read(&[database, ("ATTACHE_SECRET_KEY", KEY)]).unwrap();
        assert!(matches!(settings.key, KeySource::Given(_)));
        assert!(!format!("{settings:?}").contains("pass"), "{settings:?}");
    }

    #[test]
    fn the_turned_clock_is_refused_beyond_this_machine() {
        let clock = ("ATTACHE_CLOCK", "2026-10-05T08:59:50Z");
        assert_eq!(
            read(&[clock]).unwrap().clock.starts.unwrap().to_string(),
            "2026-10-05T08:59:50Z"
        );
        assert!(refusal(&[clock, ("ATTACHE_LISTEN", "0.0.0.0:8080")]).contains("loopback"));
    }

    #[test]
    fn what_this_version_does_not_serve_is_refused_and_says_so() {
        for name in ["TEAMS_APP_ID", "TEAMS_TENANT_ID", "SLACK_APP_TOKEN", "SLACK_CLIENT_ID"] {
            let sentence = refusal(&[(name, "x")]);
            assert!(
                sentence.starts_with(&format!("{name} is set, but this version ")),
                "{sentence}"
            );
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let Refused(faults) = read(&[
            ("ATTACHE_LISTEN", "8080"),
            ("ATTACHE_DATABASE_URL", "mysql://x"),
            ("ATTACHE_CONSOLE", "maybe"),
            ("ATTACHE_OWNERS", "teams:ana"),
            ("ATTACHE_RECONCILE_REST_MS", "-1"),
            ("ATTACHE_LOG_FORMAT", "xml"),
        ])
        .unwrap_err();
        let named: Vec<_> = faults.iter().map(|f| f.split(':').next().unwrap()).collect();
        assert_eq!(
            named,
            [
                "ATTACHE_LISTEN",
                "ATTACHE_DATABASE_URL",
                "ATTACHE_CONSOLE",
                "ATTACHE_OWNERS",
                "ATTACHE_RECONCILE_REST_MS",
                "ATTACHE_LOG_FORMAT"
            ]
        );
    }

    #[test]
    fn secrets_do_not_stand_in_refusals_or_in_debug() {
        let wrong = refusal(&[
            ("SLACK_SIGNING_SECRET", "canary-1"),
            ("SLACK_BOT_TOKEN", "canary-2"),
            ("ATTACHE_SECRET_KEY", "canary-3"),
            ("ATTACHE_DATABASE_URL", "mysql://canary-4"),
            ("SLACK_APP_TOKEN", "canary-6"),
        ]);
        assert!(!wrong.contains("canary"), "{wrong}");
        let model = [("OPENAI_API_KEY", "canary-7")];
        assert!(!format!("{:?}", read(&model).unwrap()).contains("canary"));
    }

    #[test]
    fn owners_are_people_on_a_platform_and_named_once() {
        let settings =
            read(&[("ATTACHE_OWNERS", "slack:U01ALICE, console:ana,console:ana")]).unwrap();
        let owner = |on, user: &str| Owner { on, user: user.to_owned() };
        assert_eq!(
            settings.owners,
            [owner(OwnerOn::Slack, "U01ALICE"), owner(OwnerOn::Console, "ana")]
        );
    }

    #[test]
    fn the_key_lies_beside_the_database_file() {
        for (url, key) in [
            ("sqlite:///var/lib/attache/a.db", "/var/lib/attache/a.key"),
            ("sqlite://x.db?mode=rwc", "x.key"),
            ("sqlite:x.db", "x.key"),
        ] {
            let settings = read(&[("ATTACHE_DATABASE_URL", url)]).unwrap();
            assert_eq!(settings.key, KeySource::KeptAt(key.into()), "{url}");
        }
        for wrong in ["sqlite::memory:", "sqlite://", "sqlite://dir/", "sqlite://a%20b.db"] {
            assert!(refusal(&[("ATTACHE_DATABASE_URL", wrong)]).contains("name a file"), "{wrong}");
        }
    }

    #[test]
    fn links_start_with_the_public_address_or_with_the_bound_one() {
        let bound = |text: &str| text.parse().unwrap();
        let plain = read(&[("ATTACHE_LISTEN", "localhost:0")]).unwrap().listen;
        assert_eq!(plain.base_url(bound("127.0.0.1:4321")), "http://127.0.0.1:4321");
        assert_eq!(plain.base_url(bound("0.0.0.0:80")), "http://localhost:80");
        let public = read(&[("ATTACHE_PUBLIC_URL", "https://attache.example.com/")]).unwrap();
        assert_eq!(public.listen.base_url(bound("0.0.0.0:80")), "https://attache.example.com");
        for wrong in ["attache.example.com", "ftp://x", "http://far.example", "https://x/path"] {
            assert!(refusal(&[("ATTACHE_PUBLIC_URL", wrong)]).contains("ATTACHE_PUBLIC_URL: "));
        }
    }

    #[test]
    fn beyond_this_machine_the_console_is_off_unless_asked_for() {
        let open = ("ATTACHE_LISTEN", "0.0.0.0:8080");
        assert!(!read(&[open]).unwrap().console.on);
        let public = ("ATTACHE_PUBLIC_URL", "https://attache.example.com");
        assert!(read(&[open, public, ("ATTACHE_CONSOLE", "on")]).unwrap().console.on);
        assert!(!read(&[("ATTACHE_CONSOLE", "off")]).unwrap().console.on);
    }

    #[test]
    fn a_model_s_key_for_other_programs_is_named_and_stops_nothing() {
        let notes = read(&[("OPENAI_API_KEY", "sk-1")]).unwrap().notes;
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("OPENAI_API_KEY is set, but"), "{notes:?}");
        assert!(read(&[]).unwrap().notes.is_empty());
    }
}
