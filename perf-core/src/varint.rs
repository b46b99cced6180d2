//! Whole numbers in as few bytes as they need: seven bits a byte, lowest first (LEB128).

/// Appends `number`, in 1 to 10 bytes.
#[inline]
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends `number`, in 1 to 19 bytes.
pub(crate) fn put_wide(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 1 << 64 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    put(bytes, number as u64);
}

/// Takes numbers off the front of what [`put`] and [`put_wide`] wrote. At the end of the bytes it reads zeros.
#[derive(Clone)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> &'a [u8; N] {
        let Some((array, rest)) = self.0.split_first_chunk() else { return &[0; N] };
        self.0 = rest;
        array
    }

    #[inline]
    pub(crate) fn number(&mut self) -> u64 {
        let byte = self.byte();
        if byte < 0x80 { u64::from(byte) } else { self.rest_of(byte) as u64 }
    }

    pub(crate) fn wide_number(&mut self) -> u128 {
        let byte = self.byte();
        if byte < 0x80 { u128::from(byte) } else { self.rest_of(byte) }
    }

    fn rest_of(&mut self, first: u8) -> u128 {
        let mut number = u128::from(first & 0x7F);
        for shift in (7..128).step_by(7) {
            let byte = self.byte();
            number |= u128::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_went() {
        let powers = (0..64).flat_map(|k| [(1u64 << k) - 1, 1 << k]).chain([u64::MAX]);
        let mut bytes = Vec::new();
        powers.clone().for_each(|number| put(&mut bytes, number));
        put_wide(&mut bytes, u128::MAX);
        let mut reader = Reader::new(&bytes);
        for number in powers {
            assert_eq!(reader.number(), number);
        }
        assert_eq!(reader.wide_number(), u128::MAX);
        assert!(reader.is_empty());
        assert_eq!((reader.number(), reader.byte()), (0, 0), "beyond the end");
    }
}
