//! What a command prints: its result on stdout, for a person or for a program, and its exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::Value;

use super::Stop;

/// The end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Done,
    /// 1: the work failed; why is on stderr.
    Failed,
    /// 2: wrong usage or settings.
    Wrong,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Wrong => 2,
        })
    }
}

/// One result in both of its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// For a person; without a line break at the end.
    pub text: String,
    /// For a program.
    pub json: Value,
}

impl Output {
    /// Writes the form that was asked for, and a line break.
    pub fn print(&self, json: bool, out: &mut dyn Write) -> io::Result<()> {
        if json { writeln!(out, "{:#}", self.json) } else { writeln!(out, "{}", self.text) }
    }
}

impl Stop {
    /// Writes what is to be said where it belongs.
    pub fn print(&self, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
        match self {
            Self::Told(text) => writeln!(out, "{}", text.trim_end()).map(|()| Exit::Done),
            Self::Wrong(text) => writeln!(log, "{}", text.trim_end()).map(|()| Exit::Wrong),
        }
    }
}

/// Rows in columns as wide as they need to be, two spaces apart.
#[must_use]
pub fn columns(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
    let width = |at: usize| lines.iter().filter_map(|l| l.get(at)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..head.len()).filter_map(width).collect();
    let line = |cells: &&Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_text_for_people_and_json_for_programs() {
        let output = Output { text: "1 row".to_owned(), json: serde_json::json!({ "rows": 1 }) };
        let printed = |json| {
            let mut out = Vec::new();
            output.print(json, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(printed(false), "1 row\n");
        assert_eq!(printed(true), "{\n  \"rows\": 1\n}\n");
    }

    #[test]
    fn help_goes_to_stdout_and_a_refusal_to_stderr() {
        let (mut out, mut log) = (Vec::new(), Vec::new());
        let told = Stop::Told("help\n".to_owned()).print(&mut out, &mut log).unwrap();
        let wrong = Stop::Wrong("no".to_owned()).print(&mut out, &mut log).unwrap();
        assert_eq!((told, wrong), (Exit::Done, Exit::Wrong));
        assert_eq!((out.as_slice(), log.as_slice()), (b"help\n".as_slice(), b"no\n".as_slice()));
    }

    #[test]
    fn columns_line_up_and_end_without_spaces() {
        let rows =
            [vec!["U01".to_owned(), "owner".to_owned()], vec!["ä".to_owned(), String::new()]];
        assert_eq!(columns(&["who", "role"], &rows), "who  role\nU01  owner\nä");
    }
}
