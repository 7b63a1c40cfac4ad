//! LEB128: small numbers in few bytes, for what waits in memory and is stored by the thousand.

use super::payload::Corrupt;

pub(crate) fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes the number off the front of `bytes`.
///
/// # Errors
/// If the bytes do not end where a number ends, or the number has more than 64 bits.
pub(crate) fn read_varint(bytes: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Corrupt)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit only.
        if bits << shift >> shift != bits {
            return Err(Corrupt);
        }
        value |= bits << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Corrupt)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read_and_the_rest_stays(number: u64, rest: Vec<u8>) {
            let mut bytes = Vec::new();
            write_varint(&mut bytes, number);
            bytes.extend(&rest);
            let mut left = &bytes[..];
            prop_assert_eq!(read_varint(&mut left), Ok(number));
            prop_assert_eq!(left, rest);
        }
    }
}
