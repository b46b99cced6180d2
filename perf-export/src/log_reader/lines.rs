//! The lines of a stream, without a copy of each.

use std::io::{self, ErrorKind, Read};

/// A line beyond this is skipped: nobody's request is that long.
const MAX_LINE: usize = 1 << 20;
const BUFFER: usize = 256 << 10;

pub(super) struct Lines {
    stream: Box<dyn Read>,
    buffer: Vec<u8>,
    /// What was read and not yet handed out.
    start: usize,
    end: usize,
    number: u64,
    is_over: bool,
}

/// A line without its end.
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u64,
    /// `None` when it is too long.
    pub(super) bytes: Option<&'a [u8]>,
}

impl Lines {
    pub(super) fn new(stream: Box<dyn Read>) -> Self {
        Lines { stream, buffer: vec![0; BUFFER], start: 0, end: 0, number: 0, is_over: false }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut looked = 0;
        let mut is_too_long = false;
        loop {
            let unread = &self.buffer[self.start..self.end];
            if let Some(at) = memchr::memchr(b'\n', &unread[looked..]) {
                let line = self.start..self.start + looked + at;
                self.start = line.end + 1;
                return Ok(Some(self.line(line, is_too_long)));
            }
            looked = unread.len();
            if looked > MAX_LINE {
                // The rest of it is read, and forgotten.
                is_too_long = true;
                (self.start, self.end, looked) = (0, 0, 0);
            }
            if self.is_over {
                let rest = self.start..self.end;
                self.start = self.end;
                return Ok((is_too_long || !rest.is_empty()).then(|| self.line(rest, is_too_long)));
            }
            self.fill()?;
        }
    }

    fn line(&mut self, range: std::ops::Range<usize>, is_too_long: bool) -> Line<'_> {
        self.number += 1;
        let bytes = &self.buffer[range];
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let bytes = (!is_too_long && bytes.len() <= MAX_LINE).then_some(bytes);
        Line { number: self.number, bytes }
    }

    /// Reads more behind what is not yet handed out.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.stream.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(0) => {
                    self.is_over = true;
                    return Ok(());
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut lines = Lines::new(Box::new(io::Cursor::new(text.to_vec())));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.number, line.bytes.map(<[u8]>::to_vec)));
        }
        all
    }

    #[test]
    fn lines_end_with_a_line_feed_or_with_the_stream() {
        let line = |number, text: &str| (number, Some(text.as_bytes().to_vec()));
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"a\r\n\nb"), [line(1, "a"), line(2, ""), line(3, "b")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_those_around_it_are_not() {
        for long in [MAX_LINE + 1, 10 << 20] {
            let text = [b"a\n".to_vec(), vec![b'x'; long], b"\nb\n".to_vec()].concat();
            let lines = lines(&text);
            assert_eq!(lines.len(), 3, "{long}");
            assert_eq!(lines[1], (2, None));
            assert_eq!(lines[2], (3, Some(b"b".to_vec())));
        }
        let fits = [vec![b'x'; MAX_LINE], b"\n".to_vec()].concat();
        assert_eq!(lines(&fits)[0].1.as_ref().map(Vec::len), Some(MAX_LINE));
        assert_eq!(lines(&vec![b'x'; 3 << 20]), [(1, None)]);
    }
}
