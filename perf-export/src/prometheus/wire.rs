//! Fields of protobuf's wire format.

const VARINT: u64 = 0;
const FIXED_64: u64 = 1;
const BYTES: u64 = 2;

pub(crate) fn integer(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3 | VARINT);
    varint(out, value);
}

pub(crate) fn double(out: &mut Vec<u8>, field: u64, value: f64) {
    varint(out, field << 3 | FIXED_64);
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    begin(out, field, value.len());
    out.extend_from_slice(value);
}

/// What stands before content of this length.
pub(crate) fn begin(out: &mut Vec<u8>, field: u64, length: usize) {
    varint(out, field << 3 | BYTES);
    varint(out, length as u64);
}

/// A message within another. Its length is known when it is written: it gets one byte, which is enough nearly
/// always, and content is moved for what it takes beyond that.
pub(crate) fn message(out: &mut Vec<u8>, field: u64, content: impl FnOnce(&mut Vec<u8>)) {
    varint(out, field << 3 | BYTES);
    let start = out.len();
    out.push(0);
    content(out);
    let end = out.len();
    let length = end - start - 1;
    out[start] = length as u8;
    if length >= 0x80 {
        out[start] |= 0x80;
        varint(out, (length >> 7) as u64);
        let more = out.len() - end;
        out[start + 1..].rotate_right(more);
    }
}

/// Puts the length of what follows `start` there.
pub(crate) fn insert_length(out: &mut Vec<u8>, start: usize) {
    let end = out.len();
    varint(out, (end - start) as u64);
    let length = out.len() - end;
    out[start..].rotate_right(length);
}

pub(crate) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
