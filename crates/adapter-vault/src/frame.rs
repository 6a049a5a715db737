//! Several texts as one, so that no two different lists give the same bytes.

/// Each part after its length: `["ab", "c"]` and `["a", "bc"]` stay different.
pub(crate) fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        framed.extend_from_slice(part);
    }
    framed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_lists_never_frame_alike() {
        let lists: [&[&[u8]]; 6] =
            [&[b"ab", b"c"], &[b"a", b"bc"], &[b"abc"], &[b"abc", b""], &[b"", b"abc"], &[b"a", b"b", b"c"]];
        for (i, one) in lists.iter().enumerate() {
            for other in &lists[i + 1..] {
                assert_ne!(frame(one), frame(other));
            }
        }
    }
}
