//! Who may come in: members with a console identity, their sessions and sign-in links.

use super::{Ports, read, write_tx};
use crate::conversation::inbound::Platform;
use crate::platforms::console::port::{Asking, People, Person, TEAM, Ticket};
use crate::store::console::people::{self, Holder};
use crate::store::{self, members};

impl Ports {
    fn ticket(&self, ticket: &Ticket) -> people::Ticket {
        people::Ticket {
            workspace_id: self.workspace.clone(),
            hash: ticket.hash.clone(),
            person: ticket.person.clone(),
            expires_at: ticket.expires_at,
        }
    }

    async fn members(&self) -> Result<Vec<Person>, store::Error> {
        let mut reader = self.store.reader().await?;
        let known = members::list(&mut reader, &self.workspace).await?;
        let people = known.into_iter().filter_map(|known| {
            let identity = known
                .identities
                .iter()
                .find(|identity| identity.platform == Platform::Console && identity.team == TEAM)?;
            Some(Person {
                id: identity.user.clone(),
                name: known.member.name.clone(),
                role: capital(known.member.role.as_str()),
                shut_out: known.member.role == members::Role::None,
            })
        });
        Ok(people.collect())
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn person(holder: Option<Holder>) -> Option<String> {
    holder.map(|holder| holder.person)
}

impl People for Ports {
    fn people(&self) -> Asking<'_, Vec<Person>> {
        Box::pin(async move { self.members().await.map_err(|error| super::port_error(&error)) })
    }

    fn start_session<'a>(&'a self, session: &'a Ticket) -> Asking<'a, ()> {
        let now = self.clock.now_ms();
        write_tx!(self, |tx| people::start_session(tx, &self.ticket(session), now))
    }

    fn session<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        Box::pin(async move {
            let held = async {
                let mut reader = self.store.reader().await?;
                people::session(&mut reader, hash, now).await
            };
            held.await.map(person).map_err(|error| super::port_error(&error))
        })
    }

    fn end_session<'a>(&'a self, hash: &'a str) -> Asking<'a, ()> {
        write_tx!(self, |tx| people::end_session(tx, hash))
    }

    fn add_link<'a>(&'a self, link: &'a Ticket) -> Asking<'a, ()> {
        write_tx!(self, |tx| people::add_link(tx, &self.ticket(link)))
    }

    fn link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        read!(self, |db| async { people::link(db, hash, now).await.map(person) })
    }

    fn use_link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        write_tx!(self, |tx| async { people::use_link(tx, hash, now).await.map(person) })
    }
}
