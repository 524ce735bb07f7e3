//! How lanes are called, and what their names say.
//!
//! ```text
//! <destination>                    posts at the top of a channel
//! <destination>/thread/<root>      posts in one thread
//! <destination>/edit/<message>     new content for one message
//! <destination>/file/<thread>      files
//! <destination>/private            what only this person sees
//! <destination>/form               forms for this person
//! … /aside/<row>                   a row that stepped aside, alone
//! ```
//!
//! What need not stay in order leaves by lanes of its own, so that nothing waits behind a post in
//! doubt but the next post at the same place. What stays in order: posts at one place, the contents of
//! one message, what one person is told. That a message comes before its own updates and files needs
//! no lane: those are written down once it is out.

use super::Queue;

/// The ways out, by the word in a lane's name: which workers send it, and whether a row that waits
/// lets the next one pass.
const WAYS: [(&str, Queue, bool); 5] = [
    (THREAD, Queue::Deliver, false),
    (EDIT, Queue::Edit, false),
    (FILE, Queue::File, true),
    (PRIVATE, Queue::Private, true),
    (FORM, Queue::Private, true),
];
const THREAD: &str = "thread";
const EDIT: &str = "edit";
const FILE: &str = "file";
const PRIVATE: &str = "private";
const FORM: &str = "form";
const ASIDE: &str = "aside";

/// Posts at one place of a channel.
#[must_use]
pub fn posts(channel: &str, thread: Option<&str>) -> String {
    thread.map_or_else(|| channel.to_owned(), |root| format!("{channel}/{THREAD}/{root}"))
}

/// New contents of one message.
#[must_use]
pub fn edits(channel: &str, message: &str) -> String {
    format!("{channel}/{EDIT}/{message}")
}

/// Files in one thread.
#[must_use]
pub fn files(channel: &str, thread: Option<&str>) -> String {
    format!("{channel}/{FILE}/{}", thread.unwrap_or_default())
}

/// What one person is told.
#[must_use]
pub fn private(person: &str) -> String {
    format!("{person}/{PRIVATE}")
}

/// What one person is to fill in.
#[must_use]
pub fn forms(person: &str) -> String {
    format!("{person}/{FORM}")
}

/// A lane's name, read. One without a known word is a channel.
pub(super) struct Lane<'a> {
    name: &'a str,
    destination: &'a str,
    way: Option<(&'static str, Queue, bool)>,
}

impl<'a> Lane<'a> {
    pub(super) fn read(name: &'a str) -> Self {
        let named = WAYS.iter().find_map(|way| {
            let (destination, rest) = name.split_once('/')?;
            (rest.split('/').next() == Some(way.0)).then_some((destination, *way))
        });
        match named {
            Some((destination, way)) => Self { name, destination, way: Some(way) },
            None => Self { name, destination: name, way: None },
        }
    }

    /// The channel or person.
    pub(super) fn destination(&self) -> &'a str {
        self.destination
    }

    pub(super) fn queue(&self) -> Queue {
        self.way.map_or(Queue::Deliver, |(_, queue, _)| queue)
    }

    /// Lanes with the same name here rest together when the other side asks for quiet: it counts by
    /// what is called for which channel, and posts in threads are posts.
    pub(super) fn rests_with(&self) -> &'a str {
        match self.way {
            Some((way, ..)) if way != THREAD => {
                &self.name[..self.destination.len() + 1 + way.len()]
            }
            _ => self.destination,
        }
    }

    /// The lane that this row moves to so that the next one may pass.
    pub(super) fn aside(&self, row: &str) -> Option<String> {
        let (.., steps_aside) = self.way?;
        let is_aside = self.name.split('/').rev().nth(1) == Some(ASIDE);
        (steps_aside && !is_aside).then(|| format!("{}/{ASIDE}/{row}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_who_sends_it_and_what_rests_with_it() {
        let channel = "slack:T1:C1";
        let said = |name: &str| {
            let lane = Lane::read(name);
            let (destination, rests) =
                (lane.destination().to_owned(), lane.rests_with().to_owned());
            (destination, lane.queue(), rests, lane.aside("o1"))
        };
        let of = |queue, rests: &str, aside: Option<&str>| {
            (channel.to_owned(), queue, format!("{channel}{rests}"), aside.map(str::to_owned))
        };
        assert_eq!(said(&posts(channel, None)), of(Queue::Deliver, "", None));
        assert_eq!(said(&posts(channel, Some("7.1"))), of(Queue::Deliver, "", None));
        assert_eq!(said(&edits(channel, "7.1")), of(Queue::Edit, "/edit", None));
        let aside = "slack:T1:C1/file/7.1/aside/o1";
        assert_eq!(said(&files(channel, Some("7.1"))), of(Queue::File, "/file", Some(aside)));
        assert_eq!(said(aside), of(Queue::File, "/file", None));
        let person = private("slack:T1:@U1");
        let lane = Lane::read(&person);
        assert_eq!((lane.destination(), lane.rests_with()), ("slack:T1:@U1", person.as_str()));
        assert_eq!(Lane::read(&forms("slack:T1:@U1")).queue(), Queue::Private);
        assert_eq!(lane.aside("o1").as_deref(), Some("slack:T1:@U1/private/aside/o1"));
        let odd = Lane::read("console:local:a/b");
        assert_eq!((odd.destination(), odd.queue()), ("console:local:a/b", Queue::Deliver));
    }
}
