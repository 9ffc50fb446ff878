//! The urgency of each step: longest remaining path first.
//!
//! Ties are broken in favour of the step whose follower on the longest path is
//! more urgent itself, so that the accounts of one unit are made one after
//! another and the unit can be registered while those of the next are made;
//! after that, the order of the plan decides.

use std::time::Duration;

/// For each step a number; the larger, the sooner. No two are equal.
///
/// `dependants` are indices of the steps that need a step, `order` is an order
/// that satisfies every need, `took` the expected duration of each step.
pub(in crate::apply) fn urgencies(dependants: &[Vec<u32>], order: &[u32], took: &[Duration]) -> Vec<u32> {
    let paths = remaining_paths(dependants, order, took);
    let path = |step: u32| paths.get(step as usize).copied().unwrap_or_default();
    let mut by_path = order.to_vec();
    by_path.sort_by_key(|step| (path(*step), *step));

    let mut urgencies = vec![0_u32; order.len()];
    let mut next = 0_u32;
    for group in by_path.chunk_by(|one, other| path(*one) == path(*other)) {
        let mut keyed: Vec<(u32, std::cmp::Reverse<u32>)> = group
            .iter()
            .map(|step| {
                let followers = dependants.get(*step as usize).map(Vec::as_slice).unwrap_or_default();
                let critical =
                    followers.iter().max_by_key(|other| (path(**other), urgency(&urgencies, **other)));
                (critical.map_or(0, |other| urgency(&urgencies, *other)), std::cmp::Reverse(*step))
            })
            .collect();
        keyed.sort_unstable();
        for (_, std::cmp::Reverse(step)) in keyed {
            next += 1;
            if let Some(slot) = urgencies.get_mut(step as usize) {
                *slot = next;
            }
        }
    }
    urgencies
}

fn urgency(urgencies: &[u32], step: u32) -> u32 {
    urgencies.get(step as usize).copied().unwrap_or_default()
}

/// The longest path from the beginning of each step to the end. Every step
/// counts as at least a millisecond, so a follower's path is always shorter.
fn remaining_paths(dependants: &[Vec<u32>], order: &[u32], took: &[Duration]) -> Vec<Duration> {
    let mut paths = vec![Duration::ZERO; order.len()];
    for step in order.iter().rev() {
        let step = *step as usize;
        let followers = dependants.get(step).map(Vec::as_slice).unwrap_or_default();
        let longest = followers.iter().filter_map(|other| paths.get(*other as usize)).max();
        let own = took.get(step).copied().unwrap_or_default().max(Duration::from_millis(1));
        let path = own + longest.copied().unwrap_or_default();
        if let Some(slot) = paths.get_mut(step) {
            *slot = path;
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(values: &[u64]) -> Vec<Duration> {
        values.iter().map(|s| Duration::from_secs(*s)).collect()
    }

    #[test]
    fn the_head_of_the_longest_path_is_the_most_urgent() {
        let dependants = vec![vec![2], vec![3], vec![], vec![]];
        let ranks = urgencies(&dependants, &[0, 1, 2, 3], &seconds(&[10, 1, 1, 30]));
        assert!(ranks[1] > ranks[3] && ranks[3] > ranks[0] && ranks[0] > ranks[2], "{ranks:?}");
    }

    #[test]
    fn equal_steps_are_grouped_by_what_they_lead_to() {
        // Steps 0 to 3 are accounts of two units in alternation, 4 and 5 the units.
        let dependants = vec![vec![4], vec![5], vec![4], vec![5], vec![], vec![]];
        let ranks = urgencies(&dependants, &[0, 1, 2, 3, 4, 5], &seconds(&[1, 1, 1, 1, 9, 9]));
        let mut accounts = vec![0, 1, 2, 3];
        accounts.sort_by_key(|step| std::cmp::Reverse(ranks[*step as usize]));
        assert_eq!(accounts, [0, 2, 1, 3]);
    }
}
