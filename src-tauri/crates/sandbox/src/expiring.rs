//! A bounded map whose entries end by themselves: whatever strangers can cause to be kept is kept here.

use std::collections::BTreeMap;

/// Entries by key, each with the second at which it ends. The fullest it gets is `limit`.
#[derive(Debug)]
pub(crate) struct Expiring<V> {
    limit: usize,
    entries: BTreeMap<String, (u64, V)>,
}

impl<V> Expiring<V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, entries: BTreeMap::new() }
    }

    /// Keeps `value` until `now + lifetime` seconds. What has ended goes; then, when full, what would end next.
    pub(crate) fn insert(&mut self, key: String, value: V, now: u64, lifetime: u64) {
        self.entries.retain(|_, (expires, _)| *expires > now);
        while self.entries.len() >= self.limit {
            let next = self.entries.iter().min_by_key(|(_, (expires, _))| *expires);
            let Some(key) = next.map(|(key, _)| key.clone()) else { break };
            self.entries.remove(&key);
        }
        self.entries.insert(key, (now + lifetime, value));
    }

    pub(crate) fn get(&self, key: &str, now: u64) -> Option<&V> {
        self.entries.get(key).filter(|(expires, _)| *expires > now).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str, now: u64) -> Option<&mut V> {
        self.entries.get_mut(key).filter(|(expires, _)| *expires > now).map(|(_, value)| value)
    }

    /// The value, which is then gone: the second taker gets nothing.
    pub(crate) fn take(&mut self, key: &str, now: u64) -> Option<V> {
        self.entries.remove(key).filter(|(expires, _)| *expires > now).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_ends_at_its_second() {
        let mut map = Expiring::new(8);
        map.insert("code".into(), 1, 100, 60);
        assert_eq!(map.get("code", 159), Some(&1));
        assert_eq!(map.get("code", 160), None);
        assert_eq!(map.take("code", 160), None, "taking does not revive it");
    }

    #[test]
    fn an_entry_is_taken_once() {
        let mut map = Expiring::new(8);
        map.insert("code".into(), 1, 100, 60);
        assert_eq!(map.take("code", 100), Some(1));
        assert_eq!(map.take("code", 100), None);
    }

    #[test]
    fn a_full_map_drops_what_would_end_next() {
        let mut map = Expiring::new(2);
        map.insert("short".into(), 1, 100, 10);
        map.insert("long".into(), 2, 100, 90);
        map.insert("new".into(), 3, 100, 50);
        assert_eq!(map.get("short", 100), None);
        assert_eq!((map.get("long", 100), map.get("new", 100)), (Some(&2), Some(&3)));
    }
}
