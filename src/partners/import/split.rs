//! CSV text to records: cells without their quotes, and the line on which each record begins.
//!
//! A quote closes a cell only before a separator or the end of the line; another one inside is
//! taken as it stands when such quotes come in pairs. Where it cannot be told which text a quote
//! was meant to hold, the record or the file is refused, so that no row is swallowed.

use std::borrow::Cow;

use super::bounds::MAX_COLUMNS;
use super::refusal::FileRefused;

/// One record of a file.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    /// The line on which it begins.
    pub line: usize,
    /// Its first cells, at most [`MAX_COLUMNS`].
    pub cells: Vec<Cow<'a, str>>,
    /// How many it has.
    pub width: usize,
    /// A cell beyond the kept ones holds text.
    pub overflows: bool,
    /// Its quotes can be read in two ways.
    pub unclear: bool,
    /// Quotes inside of a quoted cell, not written twice.
    loose: usize,
}

/// The records of a text, one after another.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    text: &'a str,
    separator: u8,
    at: usize,
    line: usize,
    /// How many cells the header has, once it is known.
    pub columns: usize,
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str, separator: u8) -> Self {
        Self { text, separator, at: 0, line: 1, columns: 0 }
    }

    /// Past the line that it stands on.
    pub(super) fn skip_line(&mut self) {
        while self.byte().is_some_and(|byte| !ends_line(byte)) {
            self.at += 1;
        }
        self.end_line();
    }

    /// The next record; blank lines are none.
    ///
    /// # Errors
    /// The file as a whole: a quote that is not closed, or a first record that is no header.
    pub(super) fn next(&mut self) -> Result<Option<Record<'a>>, FileRefused> {
        while self.byte().is_some_and(ends_line) {
            self.end_line();
        }
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut record = Record { line: self.line, ..Record::default() };
        let mut unquoted = false;
        loop {
            let cell = self.cell(&mut record, &mut unquoted)?;
            record.width += 1;
            if record.width > MAX_COLUMNS && self.columns == 0 {
                return Err(FileRefused::TooManyColumns);
            }
            if record.width <= MAX_COLUMNS {
                record.cells.push(cell);
            } else {
                record.overflows |= !cell.trim().is_empty();
            }
            match self.byte() {
                Some(byte) if byte == self.separator => self.at += 1,
                _ => break,
            }
        }
        self.end_line();
        record.unclear |= record.loose > 0 && unquoted;
        Ok(Some(record))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn end_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at.min(self.text.len())..];
        if rest.is_empty() {
            return;
        }
        self.at += if rest.starts_with(b"\r\n") { 2 } else { 1 };
        self.line += 1;
    }

    /// One cell, up to the separator or the end of the line. `unquoted`: one without quotes
    /// around it holds a quote.
    fn cell(
        &mut self,
        record: &mut Record<'a>,
        unquoted: &mut bool,
    ) -> Result<Cow<'a, str>, FileRefused> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        let as_text = usize::from(rest[spaces..].starts_with(b"=\""));
        if rest.get(spaces + as_text) == Some(&b'"') {
            self.at += spaces + as_text + 1;
            let (cell, loose) = self.quoted()?;
            record.loose += loose;
            record.unclear |= loose % 2 == 1 || (loose > 0 && as_text > 0);
            return Ok(cell);
        }
        let ends = |byte: &u8| *byte == self.separator || ends_line(*byte);
        let len = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += len;
        let cell = &self.text[start..start + len];
        *unquoted |= cell.contains('"');
        Ok(Cow::Borrowed(cell))
    }

    /// What stands in quotes, from behind the first one, and how many quotes in it are not
    /// written twice.
    fn quoted(&mut self) -> Result<(Cow<'a, str>, usize), FileRefused> {
        let opened = self.line;
        let mut cell = Cow::Borrowed("");
        let mut loose = 0;
        let mut from = self.at;
        loop {
            let Some(byte) = self.byte() else { return Err(FileRefused::OpenQuote(opened)) };
            if ends_line(byte) {
                self.end_line();
                continue;
            }
            if byte != b'"' {
                self.at += 1;
                continue;
            }
            let before = self.text[from..self.at].strip_suffix('\\');
            let doubled = self.text.as_bytes().get(self.at + 1) == Some(&b'"');
            if doubled && (loose % 2 == 0 || !self.closes(self.at + 1)) {
                joined(&mut cell, &self.text[from..=self.at]);
                self.at += 2;
            } else if self.closes(self.at + usize::from(doubled)) {
                let end = self.at + usize::from(doubled);
                joined(&mut cell, &self.text[from..end]);
                loose += usize::from(doubled);
                self.at = end + 1;
                self.at += self.spaces(self.at);
                return self.judged(cell, loose, opened);
            } else {
                joined(&mut cell, before.unwrap_or(&self.text[from..self.at]));
                joined(&mut cell, "\"");
                loose += 1;
                self.at += 1;
            }
            from = self.at;
        }
    }

    /// Whether the quote there is the last sign of its cell.
    fn closes(&self, at: usize) -> bool {
        let after = at + 1 + self.spaces(at + 1);
        self.text
            .as_bytes()
            .get(after)
            .is_none_or(|byte| *byte == self.separator || ends_line(*byte))
    }

    fn spaces(&self, at: usize) -> usize {
        self.text.as_bytes()[at..].iter().take_while(|byte| **byte == b' ').count()
    }

    /// A cell of several lines must not look as if it had taken in the rows below it.
    fn judged(
        &self,
        cell: Cow<'a, str>,
        loose: usize,
        opened: usize,
    ) -> Result<(Cow<'a, str>, usize), FileRefused> {
        if self.line == opened {
            return Ok((cell, loose));
        }
        let like_a_row = |line: &str| {
            let separators = line.bytes().filter(|byte| *byte == self.separator).count();
            self.columns > 1 && separators + 1 >= self.columns
        };
        let lines = cell.split('\n').flat_map(|line| line.trim_end_matches('\r').split('\r'));
        match lines.skip(1).position(like_a_row) {
            _ if loose > 0 => Err(FileRefused::OpenQuote(opened)),
            Some(past) => Err(FileRefused::SwallowedRow { from: opened, to: opened + 1 + past }),
            None => Ok((cell, loose)),
        }
    }
}

fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn joined<'a>(cell: &mut Cow<'a, str>, part: &'a str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(part);
    } else {
        cell.to_mut().push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(usize, Vec<String>, bool)>, FileRefused> {
        let mut records = Records::of(text, b',');
        let mut found = Vec::new();
        while let Some(record) = records.next()? {
            records.columns = records.columns.max(record.width);
            let cells = record.cells.into_iter().map(Cow::into_owned).collect();
            found.push((record.line, cells, record.unclear));
        }
        Ok(found)
    }

    fn cells(line: &str) -> Vec<String> {
        all(line).unwrap().remove(0).1
    }

    #[test]
    fn quotes_are_taken_off_as_they_were_meant() {
        assert_eq!(cells(r#"a,"b,c","d ""e"" f",,"""#), ["a", "b,c", "d \"e\" f", "", ""]);
        assert_eq!(cells(r#"1,"Acme "Best" Ltd",x"#), ["1", "Acme \"Best\" Ltd", "x"]);
        assert_eq!(cells(r#"1,"Acme "Best"",x"#), ["1", "Acme \"Best\"", "x"]);
        assert_eq!(cells(r#"1,"Acme \"Best\" Ltd",x"#), ["1", "Acme \"Best\" Ltd", "x"]);
        assert_eq!(cells(r#"="P-009", "Smith, Jones" ,x"#), ["P-009", "Smith, Jones", "x"]);
        assert_eq!(cells(r#"1,5" pipe,"""",x"#), ["1", "5\" pipe", "\"", "x"]);
        assert!(all(r#"1,"Acme "Best", Ltd",x"#).unwrap()[0].2, "two ways to read it");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_refused_where_it_opens() {
        let head = "id,name,region\n1,A,x\n";
        for (rows, opened) in [
            ("2,\"B,x\n3,C,x\n", FileRefused::OpenQuote(3)),
            ("2,\"B,x\n3,\"C\",x\n", FileRefused::OpenQuote(3)),
            ("2,\"B,x\n3,C,x\n4,\"D\",x\n", FileRefused::OpenQuote(3)),
            ("2,\"B,x\n3,C,\"\n", FileRefused::SwallowedRow { from: 3, to: 4 }),
            ("2,\"B\r\nat, home, 3\",x\n", FileRefused::SwallowedRow { from: 3, to: 4 }),
        ] {
            assert_eq!(all(&format!("{head}{rows}")).unwrap_err(), opened, "{rows}");
        }
        assert_eq!(all(&format!("{head}2,\"B\nand C\",x\n")).unwrap()[2].1[1], "B\nand C");
    }

    #[test]
    fn every_kind_of_line_end_counts_one_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "c,\"d", "e\"", "f,g"].join(end);
            let lines: Vec<_> = all(&text).unwrap().into_iter().map(|(line, ..)| line).collect();
            assert_eq!(lines, [1, 3, 5], "{end:?}");
        }
    }
}
