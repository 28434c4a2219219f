//! The tree against the published one, against ct-merkle, and against itself built from scratch.

use std::collections::BTreeSet;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;
use crate::crypto::Digest;

/// A tree whose leaf `n` is the 8 bytes of `n`.
fn tree(size: u64) -> MemoryNodes {
    built((0..size).map(leaf))
}

fn leaf(index: u64) -> Digest {
    hash_leaf(&index.to_be_bytes())
}

fn built(leaves: impl IntoIterator<Item = Digest>) -> MemoryNodes {
    let mut nodes = MemoryNodes::default();
    let mut frontier = Frontier::default();
    for leaf in leaves {
        nodes.extend(frontier.append(leaf));
    }
    nodes
}

fn digest(hex: &str) -> Digest {
    Digest::new(HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap())
}

/// The values of the published lines of this name.
fn published<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let value = |line: &'t str| line.strip_prefix(name)?.strip_prefix(" =").map(str::trim);
    text.lines().filter_map(value).collect()
}

#[test]
fn roots_and_paths_as_published() {
    let text = include_str!("../../vectors/rfc6962.txt");
    let (leaves, roots, proofs) = (
        published(text, "leaf"),
        published(text, "root"),
        published(text, "proof"),
    );
    assert_eq!((leaves.len(), roots.len(), proofs.len()), (8, 9, 5));
    let leaves: Vec<_> = leaves
        .iter()
        .map(|leaf| hash_leaf(&HEXLOWER.decode(leaf.as_bytes()).unwrap()))
        .collect();
    let nodes = built(leaves.iter().copied());
    for (size, expected) in (0..).zip(&roots) {
        assert_eq!(root(&nodes, size).unwrap(), digest(expected), "{size} leaves");
        assert_eq!(Frontier::read(&nodes, size).unwrap().root(), digest(expected));
    }
    for line in proofs {
        let (place, hashes) = line.split_once(':').unwrap();
        let (index, size) = place.split_once(" of ").unwrap();
        let (index, size): (u64, u64) = (index.parse().unwrap(), size.parse().unwrap());
        let expected: Vec<_> = hashes.split_whitespace().map(digest).collect();
        assert_eq!(inclusion_proof(&nodes, index, size).unwrap(), expected, "{place}");
        let from = root_from_inclusion(leaves[usize::try_from(index).unwrap()], index, size, &expected);
        assert_eq!(from, Some(digest(roots[usize::try_from(size).unwrap()])));
    }
}

#[test]
fn every_proof_leads_to_the_root_and_is_that_of_ct_merkle() {
    let nodes = tree(129);
    let mut oracle = MemoryBackedTree::<sha2::Sha256, [u8; 8]>::new();
    for size in 1..=129 {
        oracle.push(u64::to_be_bytes(size - 1));
        let expected = root(&nodes, size).unwrap();
        assert_eq!(expected.as_bytes().as_slice(), oracle.root().as_bytes().as_slice());
        for index in 0..size {
            let proof = inclusion_proof(&nodes, index, size).unwrap();
            let bytes: Vec<u8> = proof.iter().flat_map(|hash| *hash.as_bytes()).collect();
            let theirs = oracle.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(bytes, theirs.as_bytes(), "{index} of {size}");
            assert_eq!(root_from_inclusion(leaf(index), index, size, &proof), Some(expected));
        }
    }
}

/// What is no proof of leaf `index` of `size` leads elsewhere or nowhere.
fn assert_refused(index: u64, size: u64, nodes: &MemoryNodes) {
    let expected = Some(root(nodes, size).unwrap());
    let proof = inclusion_proof(nodes, index, size).unwrap();
    for bit in 0..proof.len() * 256 {
        let mut forged = proof.clone();
        let mut bytes = *forged[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        forged[bit / 256] = Digest::new(bytes);
        assert_ne!(
            root_from_inclusion(leaf(index), index, size, &forged),
            expected,
            "{index} of {size}: bit {bit}"
        );
    }
    for other in (0..size + 2).filter(|other| *other != index) {
        assert_ne!(
            root_from_inclusion(leaf(index), other, size, &proof),
            expected,
            "{index} as {other} of {size}"
        );
        assert_ne!(
            root_from_inclusion(leaf(other), index, size, &proof),
            expected,
            "leaf {other} at {index}"
        );
    }
    for cut in 0..proof.len() {
        assert_eq!(
            root_from_inclusion(leaf(index), index, size, &proof[..cut]),
            None,
            "{index} of {size} cut to {cut}"
        );
        assert_ne!(
            root_from_inclusion(leaf(index), index, size, &proof[cut + 1..]),
            expected
        );
    }
    for place in 0..=proof.len() {
        let mut longer = proof.clone();
        longer.insert(place, leaf(index));
        assert_eq!(
            root_from_inclusion(leaf(index), index, size, &longer),
            None,
            "{index} of {size} and one more"
        );
    }
    for wrong in (0..2 * size).filter(|wrong| *wrong != size) {
        // A path may be one of another size too; it then leads to a root that is not of that size.
        let from = root_from_inclusion(leaf(index), index, wrong, &proof);
        let of_that_size = root(nodes, wrong.min(129)).ok();
        assert!(
            wrong > 129 || from.is_none() || from != of_that_size,
            "{index} of {size} as of {wrong}"
        );
    }
}

#[test]
fn no_forged_proof_leads_to_the_root() {
    let nodes = tree(129);
    for size in 1..=129 {
        // Every leaf of small trees; of greater ones those at the edges of a subtree.
        let edge = |index: u64| size <= 17 || index < 2 || index + 2 >= size || (index % 64).is_multiple_of(63);
        for index in (0..size).filter(|index| edge(*index)) {
            assert_refused(index, size, &nodes);
        }
    }
    assert_eq!(
        root_from_inclusion(leaf(0), 0, 0, &[]),
        None,
        "nothing is in an empty tree"
    );
}

#[test]
fn a_frontier_goes_on_where_it_was_read() {
    let nodes = tree(129);
    for size in 0..=129 {
        let mut frontier = Frontier::read(&nodes, size).unwrap();
        assert_eq!((frontier.size(), frontier.root()), (size, root(&nodes, size).unwrap()));
        for index in size..129 {
            for (node, hash) in frontier.append(leaf(index)) {
                assert_eq!(nodes.node(node).unwrap(), Some(hash), "{node:?}");
            }
        }
        assert_eq!(frontier.root(), root(&nodes, 129).unwrap());
    }
}

#[test]
fn only_complete_subtrees_are_kept() {
    for size in 0..=65 {
        let complete: u64 = (0..7).map(|level| size >> level).sum();
        assert_eq!(u64::try_from(tree(size).iter().count()).unwrap(), complete);
    }
    assert_eq!(tree(0).iter().count(), 0);
}

#[test]
fn a_missing_node_is_named() {
    let nodes = tree(4);
    let missing = |result: Result<Digest, ProofError<_>>| match result {
        Err(ProofError::Missing(MissingNode { level, index })) => (level, index),
        Ok(_) | Err(ProofError::Read(_)) => panic!("it is there"),
    };
    assert_eq!(missing(root(&nodes, 5)), (0, 4));
    assert_eq!(missing(root(&nodes, 8)), (3, 0));
    let mut edit = TreeEdit::new(&nodes, 8);
    edit.set(7, leaf(0));
    assert_eq!(missing(edit.finish().map(|edited| edited.root)), (1, 3));
    let gap = {
        let mut edit = TreeEdit::new(&nodes, 4);
        edit.set(5, leaf(5));
        edit.finish().map(|edited| edited.root)
    };
    assert_eq!(missing(gap), (1, 2), "leaf 4 was never set");
}

#[test]
fn every_node_has_a_number_of_its_own() {
    let mut numbers = BTreeSet::new();
    let mut nodes = 0;
    // A whole tree of 4,096 leaves, and the edges of each level far out: a log of 2^40 events.
    for level in 0..=40_u8 {
        let small = (1_u64 << 12) >> level;
        let far = (1_u64 << 40) >> level;
        let indices: BTreeSet<u64> = (0..small).chain([far.saturating_sub(2), far - 1]).collect();
        for index in indices {
            let number = Node { level, index }.number();
            assert!(i64::try_from(number).is_ok(), "level {level}, index {index}");
            numbers.insert(number);
            nodes += 1;
        }
    }
    assert_eq!(numbers.len(), nodes);
}

#[test]
fn numbers_as_the_format_has_them() {
    for (level, index, number) in [
        (0, 0, 31),
        (0, 31, 62),
        (0, 32, 64 + 31),
        (1, 0, 15),
        (1, 1, 16),
        (4, 1, 2),
        (5, 0, 0),
        (5, 1, 64),
        (6, 0, (1 << 58) + 31),
        (11, 0, 1 << 58),
        (12, 0, (2 << 58) + 31),
    ] {
        assert_eq!(Node { level, index }.number(), number, "level {level}, index {index}");
    }
}

#[test]
fn a_path_touches_few_groups_of_numbers() {
    for index in [0, 1, 77_777, (1 << 20) - 1] {
        let mut node = Node::leaf(index);
        let mut groups = BTreeSet::new();
        while node.level <= 20 {
            groups.insert(node.number() >> 6);
            node = node.parent();
        }
        assert_eq!(groups.len(), 4);
    }
}

#[test]
fn parents_and_children_agree() {
    for level in 1..=20_u8 {
        for index in [0, 1, 2, 9, 1000] {
            let node = Node { level, index };
            let (left, right) = node.children().unwrap();
            assert_eq!((left.parent(), right.parent(), right.end()), (node, node, node.end()));
            assert_eq!(right.index, left.index + 1);
        }
    }
    assert_eq!(Node::leaf(3).children(), None);
}

/// Leaves that are set at once: an index, taken modulo one more than the size, and what the leaf is then.
fn edits() -> impl Strategy<Value = Vec<Vec<(u64, u8)>>> {
    proptest::collection::vec(proptest::collection::vec((any::<u64>(), any::<u8>()), 0..12), 1..12)
}

proptest! {
    #[test]
    fn an_edited_tree_is_one_built_from_scratch(edits in edits()) {
        let mut nodes = MemoryNodes::default();
        let mut leaves: Vec<Digest> = Vec::new();
        for batch in edits {
            let before = u64::try_from(leaves.len()).unwrap();
            let mut edit = TreeEdit::new(&nodes, before);
            for (number, content) in batch {
                let (hash, next) = (hash_leaf(&[content]), u64::try_from(leaves.len()).unwrap());
                let index = number % (next + 1);
                if index < next {
                    edit.set(index, hash);
                    leaves[usize::try_from(index).unwrap()] = hash;
                } else if content.is_multiple_of(2) {
                    edit.set(index, hash);
                    leaves.push(hash);
                } else {
                    prop_assert_eq!(edit.append(hash), index);
                    leaves.push(hash);
                }
            }
            let edited = edit.finish().unwrap();
            let scratch = built(leaves.iter().copied());
            prop_assert_eq!(edited.size, u64::try_from(leaves.len()).unwrap());
            prop_assert_eq!(edited.root, root(&scratch, edited.size).unwrap());
            for (node, hash) in &edited.written {
                prop_assert_eq!(scratch.node(*node).unwrap(), Some(*hash));
            }
            nodes.extend(edited.written);
            prop_assert!(nodes.iter().eq(scratch.iter()));
            for index in 0..edited.size {
                let proof = inclusion_proof(&nodes, index, edited.size).unwrap();
                let leaf = leaves[usize::try_from(index).unwrap()];
                prop_assert_eq!(root_from_inclusion(leaf, index, edited.size, &proof), Some(edited.root));
            }
        }
    }

    #[test]
    fn no_two_nodes_share_a_number(
        one in (0_u8..40).prop_flat_map(|level| (Just(level), 0..(1_u64 << (48 - level)))),
        two in (0_u8..40).prop_flat_map(|level| (Just(level), 0..(1_u64 << (48 - level)))),
    ) {
        let node = |(level, index)| Node { level, index };
        prop_assert_eq!(node(one).number() == node(two).number(), one == two);
        prop_assert!(i64::try_from(node(one).number()).is_ok());
    }
}
