//! Which part of a Redis Cluster a key belongs to (the cluster specification, "Key distribution model").

/// The parts of a cluster are numbered from 0 to one less.
const PARTS: u16 = 16_384;

/// The part that has `key`: by what stands between its first braces, or by all of it.
pub(super) fn part_of(key: &[u8]) -> u16 {
    crc16(tag(key)) % PARTS
}

fn tag(key: &[u8]) -> &[u8] {
    let tagged = || {
        let open = key.iter().position(|byte| *byte == b'{')? + 1;
        let behind = key.get(open..)?;
        let close = behind.iter().position(|byte| *byte == b'}')?;
        behind.get(..close).filter(|tag| !tag.is_empty())
    };
    tagged().unwrap_or(key)
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    let bit = |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ u16::from(*byte) << 8, bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_belong_where_the_specification_says() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(part_of(b"foo"), 12_182);
        assert_eq!(part_of(b"{user1000}.following"), part_of(b"{user1000}.followers"));
        assert_eq!(part_of(b"foo{}{bar}"), crc16(b"foo{}{bar}") % PARTS);
        assert_eq!(part_of(b"foo{{bar}}zap"), part_of(b"{bar"));
    }
}
