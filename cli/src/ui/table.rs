//! Columns that line up, without holding all of a long list.

use std::borrow::Cow;

use comfy_table::ColumnConstraint;
use comfy_table::ContentArrangement;
use comfy_table::Width;
use comfy_table::presets;

use crate::failure::Failure;
use crate::ui::Look;
use crate::ui::Ui;
use crate::ui::printable;

/// A table that is written in pieces; each piece is as wide as those before, at least.
pub(crate) struct Table<const N: usize> {
    header: [&'static str; N],
    rows: Vec<[Cow<'static, str>; N]>,
    widths: Vec<u16>,
    begun: bool,
}

impl<const N: usize> Table<N> {
    pub(crate) const fn new(header: [&'static str; N]) -> Self {
        Self {
            header,
            rows: Vec::new(),
            widths: Vec::new(),
            begun: false,
        }
    }

    pub(crate) fn row(&mut self, ui: &mut Ui, cells: [impl Into<Cow<'static, str>>; N]) -> Result<(), Failure> {
        self.rows.push(cells.map(|cell| {
            let cell = cell.into();
            match printable(&cell) {
                Cow::Borrowed(_) => cell,
                Cow::Owned(shown) => Cow::Owned(shown),
            }
        }));
        if self.rows.len() < PIECE {
            return Ok(());
        }
        self.piece(ui)
    }

    /// Writes what is left. A table without rows says nothing at all.
    pub(crate) fn finish(mut self, ui: &mut Ui) -> Result<(), Failure> {
        if self.rows.is_empty() { Ok(()) } else { self.piece(ui) }
    }

    fn piece(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        for (at, line) in self.lines().iter().enumerate() {
            if at == 0 && !self.begun {
                ui.styled(Look::Heading, line)?;
            } else {
                ui.row(line)?;
            }
        }
        self.rows.clear();
        self.begun = true;
        Ok(())
    }

    fn lines(&mut self) -> Vec<String> {
        if self.rows.iter().flatten().all(|cell| cell.is_ascii()) {
            return self.plain_lines();
        }
        self.wide_lines()
    }

    /// Where every character is one column wide, that is soon done: a list may have a hundred thousand rows.
    fn plain_lines(&mut self) -> Vec<String> {
        let mut widths = [0; N];
        for (at, width) in widths.iter_mut().enumerate() {
            let before = self.widths.get(at).copied().unwrap_or_default();
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.len());
            let header = self.header.get(at).map_or(0, |name| name.len());
            let widest = cells.fold(header, usize::max).saturating_add(2);
            *width = widest.max(usize::from(before));
        }
        self.widths = widths
            .iter()
            .map(|width| u16::try_from(*width).unwrap_or(u16::MAX))
            .collect();
        let line = |cells: [&str; N]| {
            let mut line = String::with_capacity(widths.iter().sum());
            for (cell, width) in cells.iter().zip(widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.len())));
            }
            line.truncate(line.trim_end().len());
            line
        };
        let header = (!self.begun).then(|| line(self.header));
        let rows = self.rows.iter().map(|row| line(row.each_ref().map(|cell| &**cell)));
        header.into_iter().chain(rows).collect()
    }

    fn wide_lines(&mut self) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        // The header takes part in every piece, and is written in the first.
        table.add_row(self.header);
        table.add_rows(&self.rows);
        for (column, before) in table
            .column_iter_mut()
            .zip(self.widths.iter().chain(std::iter::repeat(&0)))
        {
            column.set_padding((0, 2));
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*before)));
        }
        self.widths = table
            .column_max_content_widths()
            .iter()
            .zip(self.widths.iter().chain(std::iter::repeat(&0)))
            .map(|(width, before)| (*width).saturating_add(2).max(*before))
            .collect();
        let skip = usize::from(self.begun);
        table
            .lines()
            .skip(skip)
            .map(|line| line.trim_end().to_owned())
            .collect()
    }
}

const PIECE: usize = 500;

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use crate::ui::Table;

    #[test]
    fn pieces_line_up() {
        let mut table = Table::new(["A", "LONG"]);
        table.rows = vec![["xxxx".into(), "y".into()], ["ü".into(), "zz".into()]];
        assert_eq!(table.lines(), ["A     LONG", "xxxx  y", "ü     zz"]);
        table.begun = true;
        table.rows = vec![["x".into(), "y".into()]];
        assert_eq!(table.lines(), ["x     y"]);
    }

    #[test]
    fn rows_of_narrow_characters_are_laid_out_as_all_others() {
        let pieces = [
            vec![["a", "", "c"], ["aaaa", "bb", "-"]],
            vec![["", "bbbbbbbbbbb", ""], ["a b ", "", "c  "]],
            vec![["a", "b", "ccccc"]],
        ];
        let (mut plain, mut wide) = (Table::new(["A", "LONG", "C"]), Table::new(["A", "LONG", "C"]));
        for piece in pieces {
            for table in [&mut plain, &mut wide] {
                table.rows = piece.iter().map(|row| row.map(Cow::Borrowed)).collect();
            }
            assert_eq!(plain.plain_lines(), wide.wide_lines());
            assert_eq!(plain.widths, wide.widths);
            (plain.begun, wide.begun) = (true, true);
        }
    }
}
