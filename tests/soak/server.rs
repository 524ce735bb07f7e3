//! The real binary as child processes: started, killed, stopped, and never left behind.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::chance::pass;
use crate::people::PEOPLE;
use crate::slack_api::TOKEN;
use crate::wire::SECRET;

/// What every process of one run is started with.
#[derive(Clone)]
pub struct Plan {
    pub database: String,
    pub api: String,
    /// Longer than the slowest call of the stand-in takes to land.
    pub rest: Duration,
    pub role: &'static str,
    pub log: PathBuf,
    /// Requests that are taken from one person in a minute; 0 for all.
    pub per_person: u32,
}

/// One process. It is killed when it is dropped.
pub struct Server {
    child: Child,
    pub base: String,
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Plan {
    fn command(&self, port: u16) -> Command {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let owners: Vec<_> = PEOPLE.iter().map(|person| format!("slack:{person}")).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_attache"));
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).envs([
            ("ATTACHE_LISTEN", format!("127.0.0.1:{port}")),
            ("ATTACHE_DATABASE_URL", self.database.clone()),
            ("ATTACHE_SECRET_KEY", "c29ha3NvYWtzb2Frc29ha3NvYWtzb2Frc29ha3NvYWs=".to_owned()),
            ("ATTACHE_OWNERS", owners.join(",")),
            ("ATTACHE_CONSOLE", "off".to_owned()),
            ("ATTACHE_PER_PERSON", self.per_person.to_string()),
            ("ATTACHE_RECONCILE_REST_MS", self.rest.as_millis().to_string()),
            ("SLACK_SIGNING_SECRET", SECRET.to_owned()),
            ("SLACK_BOT_TOKEN", TOKEN.to_owned()),
            ("SLACK_API_URL", self.api.clone()),
            ("RUST_LOG", "attache=info,warn".to_owned()),
            ("ATTACHE_LOG_FORMAT", "human".to_owned()),
        ]);
        command
    }

    /// Loads the sample company.
    pub fn load_sample(&self) {
        let done = self.command(free_port()).arg("sample").status().unwrap();
        assert!(done.success(), "the sample was not loaded: {}", self.words());
    }

    /// A token for `POST /import`.
    pub fn import_token(&self) -> String {
        let mut command = self.command(free_port());
        let made = command.args(["token", "create", "import"]).output().unwrap();
        assert!(made.status.success(), "no token was made: {}", self.words());
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    /// Starts a process whose business clock begins at `clock`, and waits until it answers.
    pub async fn start(&self, port: u16, clock: &str) -> Server {
        let mut command = self.command(port);
        command.args(["serve", "--role", self.role]).env("ATTACHE_CLOCK", clock);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let server = Server { child, base: format!("http://127.0.0.1:{port}") };
        let (told, answers) = oneshot::channel();
        std::thread::spawn(move || {
            let mut told = Some(told);
            for line in lines.lines().map_while(Result::ok) {
                if let Some(told) = told.take_if(|_| line.starts_with("Attaché ")) {
                    let _ = told.send(());
                }
            }
        });
        let ready = tokio::time::timeout(Duration::from_mins(1), answers).await;
        assert!(matches!(ready, Ok(Ok(()))), "the process did not start: {}", self.words());
        server
    }

    /// What the processes logged, its end.
    pub fn words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Log lines with this in them.
    pub fn logged(&self, part: &str) -> Vec<String> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter(|line| line.contains(part)).map(str::to_owned).collect()
    }
}

impl Server {
    /// `kill -9`, and it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn stand_still(&self) {
        self.signal("-STOP");
    }

    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    /// Asks it to end, and waits for that.
    pub async fn end(mut self) -> ExitStatus {
        self.signal("-TERM");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "it does not end");
            pass(Duration::from_millis(20)).await;
        }
    }

    /// The most memory it ever had, in KiB.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        most.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
    }

    fn signal(&self, which: &str) {
        let done = Command::new("kill").args([which, &self.child.id().to_string()]).status();
        assert!(done.unwrap().success(), "kill {which}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
