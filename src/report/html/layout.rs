//! Where the nodes of a layered graph are drawn.
//!
//! In: for each node its layer, and edges from lower layers to higher ones. Out: how far aside
//! each node is drawn such that edges cross little and run straight, and the edges that no
//! longer way says already. The same graph gives the same picture.

use std::collections::BTreeSet;

/// So many times the layers are put in order from each side.
const SWEEPS: usize = 4;

/// Edges without those that a longer way between the same nodes implies.
pub(super) fn reduced(count: usize, edges: &BTreeSet<(usize, usize)>) -> BTreeSet<(usize, usize)> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in edges {
        next[*from].push(*to);
    }
    let implied =
        |from: usize, to: usize| next[from].iter().any(|step| *step != to && reaches(&next, *step, to));
    edges.iter().copied().filter(|(from, to)| !implied(*from, *to)).collect()
}

fn reaches(next: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; next.len()];
    let mut waiting = vec![from];
    while let Some(node) = waiting.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            waiting.extend(&next[node]);
        }
    }
    false
}

/// For each node its place in the order of its layer, from 0.
fn places(layers: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let depth = layers.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for (node, layer) in layers.iter().enumerate() {
        rows[*layer].push(node);
    }
    let mut place = vec![0; layers.len()];
    let settle = |row: &[usize], place: &mut Vec<usize>| {
        row.iter().enumerate().for_each(|(at, node)| place[*node] = at);
    };
    rows.iter().for_each(|row| settle(row, &mut place));
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let order: Vec<usize> = if down { (0..depth).collect() } else { (0..depth).rev().collect() };
        for layer in order {
            let neighbours = |node: usize| {
                edges.iter().filter_map(move |(from, to)| match down {
                    true => (*to == node).then_some(*from),
                    false => (*from == node).then_some(*to),
                })
            };
            let middle = |node: usize, place: &[usize]| {
                let at: Vec<usize> = neighbours(node).map(|other| place[other]).collect();
                // A node without neighbours there stays where it is.
                if at.is_empty() {
                    place[node] as f64
                } else {
                    at.iter().sum::<usize>() as f64 / at.len() as f64
                }
            };
            let mut row = rows[layer].clone();
            row.sort_by(|one, other| {
                middle(*one, &place).total_cmp(&middle(*other, &place)).then(one.cmp(other))
            });
            settle(&row, &mut place);
            rows[layer] = row;
        }
    }
    place
}

/// For each node how far aside it is drawn, in widths of a node from 0: as near to those that
/// it is bound to as the order of its layer and a width of its own allow.
pub(super) fn asides(layers: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<f64> {
    let places = places(layers, edges);
    let depth = layers.iter().max().map_or(0, |last| last + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); depth];
    (0..layers.len()).for_each(|node| rows[layers[node]].push(node));
    rows.iter_mut().for_each(|row| row.sort_by_key(|node| places[*node]));
    let mut aside: Vec<f64> = places.iter().map(|place| *place as f64).collect();
    for _ in 0..SWEEPS {
        for row in &rows {
            let desired: Vec<f64> = row.iter().map(|node| middle(*node, edges, &aside)).collect();
            for (node, at) in row.iter().zip(apart(&desired)) {
                aside[*node] = at;
            }
        }
    }
    let least = aside.iter().copied().fold(f64::INFINITY, f64::min);
    aside.iter().map(|at| at - least).collect()
}

/// The mean of the nodes that one is bound to, or where it is.
fn middle(node: usize, edges: &BTreeSet<(usize, usize)>, aside: &[f64]) -> f64 {
    let bound = edges.iter().filter_map(|(from, to)| match (*from == node, *to == node) {
        (true, _) => Some(*to),
        (_, true) => Some(*from),
        _ => None,
    });
    let at: Vec<f64> = bound.map(|other| aside[other]).collect();
    if at.is_empty() { aside[node] } else { at.iter().sum::<f64>() / at.len() as f64 }
}

/// The places nearest to those desired that keep the order and one width between neighbours:
/// with the widths taken off, a regression that only grows (pool adjacent violators).
fn apart(desired: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, at) in desired.iter().enumerate() {
        let mut pool = (at - index as f64, 1);
        while let Some((sum, count)) = pools.last().copied() {
            if sum / count as f64 <= pool.0 / pool.1 as f64 {
                break;
            }
            pools.pop();
            pool = (pool.0 + sum, pool.1 + count);
        }
        pools.push(pool);
    }
    let means = pools.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    means.enumerate().map(|(index, mean)| mean + index as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_that_a_longer_way_implies_is_not_drawn() {
        let edges = BTreeSet::from([(0, 1), (1, 2), (0, 2), (0, 3)]);
        assert_eq!(reduced(4, &edges), BTreeSet::from([(0, 1), (1, 2), (0, 3)]));
    }

    #[test]
    fn nodes_stand_where_their_edges_come_from() {
        // Two chains whose second nodes stand the wrong way round.
        let edges = BTreeSet::from([(0, 3), (1, 2)]);
        let places = places(&[0, 0, 1, 1], &edges);
        assert_eq!((places[0] < places[1]), (places[3] < places[2]));
    }

    #[test]
    fn neighbours_are_a_width_apart_and_a_chain_hangs_straight() {
        assert_eq!(apart(&[0.0, 0.0, 0.0]), [-1.0, 0.0, 1.0]);
        assert_eq!(apart(&[0.0, 5.0]), [0.0, 5.0]);
        let edges = BTreeSet::from([(0, 3), (3, 4)]);
        let aside = asides(&[0, 0, 0, 1, 2], &edges);
        assert!((aside[3] - aside[4]).abs() < 0.01 && (aside[0] - aside[3]).abs() < 0.5, "{aside:?}");
        assert!(aside[1] - aside[0] > 0.99 && aside[2] - aside[1] > 0.99, "{aside:?}");
    }
}
