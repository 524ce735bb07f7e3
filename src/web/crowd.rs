//! Who is connected, and who makes room when too many are: never somebody whose request is being
//! answered, else whoever has been quiet for longest, of the address that holds most.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{AbortHandle, Id};

/// What one connection is at, told by those who carry its bytes.
#[derive(Debug)]
pub(super) struct Life {
    begun: Instant,
    /// When bytes last went either way, in milliseconds since it began.
    moved: AtomicU64,
    at_work: AtomicBool,
}

impl Life {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), moved: AtomicU64::new(0), at_work: AtomicBool::new(false) }
    }

    pub(super) fn moved(&self) {
        let since = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(since, Ordering::Relaxed);
    }

    fn quiet(&self) -> Duration {
        let moved = Duration::from_millis(self.moved.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(moved)
    }

    /// From the last byte of a request to the last of its answer that we made.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work.load(Ordering::Relaxed)
    }

    pub(super) fn set_at_work(&self, at_work: bool) {
        self.at_work.store(at_work, Ordering::Relaxed);
    }
}

struct Guest {
    task: AbortHandle,
    address: IpAddr,
    life: Arc<Life>,
}

/// Everybody who is connected.
#[derive(Default)]
pub(super) struct Crowd(Vec<Guest>);

impl Crowd {
    pub(super) fn came(&mut self, task: AbortHandle, address: SocketAddr, life: Arc<Life>) {
        self.0.push(Guest { task, address: whose(address), life });
    }

    pub(super) fn left(&mut self, task: Id) {
        if let Some(at) = self.0.iter().position(|guest| guest.task.id() == task) {
            self.0.swap_remove(at);
        }
    }

    /// Whether one more fits, perhaps in another's place.
    pub(super) fn has_room(&self, most: usize) -> bool {
        self.0.len() < most || self.0.iter().any(|guest| !guest.life.is_at_work())
    }

    /// Sends one away where everybody together are as many as may be.
    pub(super) fn make_room(&mut self, most: usize) {
        if self.0.len() < most {
            return;
        }
        let mut many: BTreeMap<IpAddr, usize> = BTreeMap::new();
        for guest in self.0.iter().filter(|guest| !guest.life.is_at_work()) {
            *many.entry(guest.address).or_default() += 1;
        }
        if let Some((address, _)) = many.into_iter().max_by_key(|(_, many)| *many) {
            self.send_away(address);
        }
    }

    /// Whether one more of this address may stay, perhaps in the place of another of them.
    pub(super) fn make_room_among(&mut self, address: SocketAddr, most: usize) -> bool {
        let address = whose(address);
        let many = self.0.iter().filter(|guest| guest.address == address).count();
        many < most || self.send_away(address)
    }

    /// The quietest of an address; false where all of them are at work.
    fn send_away(&mut self, address: IpAddr) -> bool {
        let idle = |guest: &Guest| guest.address == address && !guest.life.is_at_work();
        let idle = self.0.iter().enumerate().filter(|(_, guest)| idle(guest));
        let Some((at, _)) = idle.max_by_key(|(_, guest)| guest.life.quiet()) else { return false };
        self.0.swap_remove(at).task.abort();
        true
    }
}

/// Whoever has one address of IPv6 has 2⁶⁴ of them.
fn whose(address: SocketAddr) -> IpAddr {
    match address.ip().to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Guests of these addresses, each quieter than the one after it.
    fn crowd(of: &[&str]) -> (Crowd, Vec<Arc<Life>>, Vec<tokio::task::JoinHandle<()>>) {
        let (mut crowd, mut lives, mut tasks) = (Crowd::default(), Vec::new(), Vec::new());
        for (at, address) in of.iter().enumerate() {
            let begun = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
            let life = Life { begun, ..Life::new() };
            life.moved.store(10 * at as u64, Ordering::Relaxed);
            let (life, task) = (Arc::new(life), tokio::spawn(std::future::pending()));
            crowd.came(task.abort_handle(), address.parse().unwrap(), Arc::clone(&life));
            lives.push(life);
            tasks.push(task);
        }
        (crowd, lives, tasks)
    }

    async fn gone(tasks: Vec<tokio::task::JoinHandle<()>>, crowd: Crowd) -> Vec<usize> {
        let kept: Vec<_> = crowd.0.iter().map(|guest| guest.task.id()).collect();
        let mut gone = Vec::new();
        for (at, task) in tasks.into_iter().enumerate() {
            if kept.contains(&task.id()) {
                task.abort();
            } else {
                assert!(task.await.unwrap_err().is_cancelled());
                gone.push(at);
            }
        }
        gone
    }

    #[tokio::test]
    async fn the_quietest_of_the_address_that_holds_most_makes_room() {
        let (mut crowd, _, tasks) =
            crowd(&["192.0.2.1:1", "203.0.113.9:1", "203.0.113.9:2", "203.0.113.9:3"]);
        crowd.make_room(5);
        assert_eq!(crowd.0.len(), 4, "there is room");
        crowd.make_room(4);
        assert_eq!(gone(tasks, crowd).await, [1]);
    }

    #[tokio::test]
    async fn nobody_is_sent_away_in_the_middle_of_an_answer() {
        let (mut crowd, lives, tasks) = crowd(&["192.0.2.1:1", "192.0.2.1:2", "192.0.2.2:1"]);
        lives[0].set_at_work(true);
        let address = "192.0.2.1:9".parse().unwrap();
        assert!(crowd.make_room_among(address, 2));
        assert!(!crowd.make_room_among(address, 1), "the other one is at work");
        lives[2].set_at_work(true);
        assert!(!crowd.has_room(2));
        crowd.make_room(2);
        assert_eq!(gone(tasks, crowd).await, [1]);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let whose = |text: &str| whose(text.parse().unwrap());
        assert_eq!(whose("[2001:db8:1:2:3::4]:1"), whose("[2001:db8:1:2:ffff::9]:2"));
        assert_ne!(whose("[2001:db8:1:2::]:1"), whose("[2001:db8:1:3::]:1"));
        assert_eq!(whose("[::ffff:192.0.2.1]:1"), whose("192.0.2.1:1"));
    }
}
