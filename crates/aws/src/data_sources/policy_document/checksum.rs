//! The checksum by which Terraform's providers number texts and put sets in order.

/// CRC-32 with the polynomial of IEEE 802.3.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let register = bytes.iter().fold(u32::MAX, |register, byte| {
        (0..8).fold(register ^ u32::from(*byte), |register, _| {
            let carry = if register & 1 == 1 { 0xedb8_8320 } else { 0 };
            (register >> 1) ^ carry
        })
    });
    !register
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_algorithm() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
