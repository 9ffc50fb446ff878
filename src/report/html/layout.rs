//! Where the nodes of a layered graph are drawn.
//!
//! In: for each node its layer, and edges from lower layers to higher ones. Out: a place
//! within the layer for each node such that edges cross little, and the edges that no longer
//! way says already. The same graph gives the same picture.

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

/// For each node its place in its layer, from 0.
pub(super) fn places(layers: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
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
}
