//! `generate`: man pages and completions, from the definitions that the program itself reads its arguments by.

use std::path::Path;
use std::path::PathBuf;

use clap::Command;
use clap::CommandFactory;
use clap::Subcommand;
use clap::ValueEnum;
use clap_complete::Generator;
use clap_complete::Shell;
use clap_mangen::Man;
use rustix::fs::Mode;
use strongroom_files::Folder;
use strongroom_files::PathError;
use strongroom_files::Readers;

use crate::args::Arguments;
use crate::failure::Failure;

/// Write man pages or completions.
#[derive(Debug, Subcommand)]
pub(crate) enum Generate {
    /// Write the man pages
    Man {
        /// Into this folder
        dir: PathBuf,
    },
    /// Write completions for every shell
    Completions {
        /// Into this folder
        dir: PathBuf,
    },
}

/// A file by its name, and its bytes.
type Page = (String, Vec<u8>);

pub(super) fn run(what: &Generate) -> Result<(), Failure> {
    // These are for everybody, unlike all else that the program writes.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    match what {
        Generate::Man { dir } => write(dir, &man()?),
        Generate::Completions { dir } => write(dir, &completions()),
    }
}

/// Writes all of them, or none if one of the names is taken.
fn write(dir: &Path, pages: &[Page]) -> Result<(), Failure> {
    let folder = Folder::open_or_make(dir, Readers::Everybody)?;
    for (name, _) in pages {
        if folder.look(name)?.is_some() {
            return Err(PathError::Exists {
                path: folder.place(name),
            }
            .into());
        }
    }
    for (name, bytes) in pages {
        folder.write_new(name, bytes, Readers::Everybody)?;
    }
    Ok(())
}

fn man() -> Result<Vec<Page>, Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    let mut waiting = vec![command];
    while let Some(command) = waiting.pop() {
        let shown = command.get_subcommands().filter(|verb| !verb.is_hide_set());
        waiting.extend(shown.cloned());
        pages.push(page(command)?);
    }
    Ok(pages)
}

fn page(command: Command) -> Result<Page, Failure> {
    let (page, mut bytes) = (Man::new(command), Vec::new());
    page.render(&mut bytes)?;
    Ok((page.get_filename(), bytes))
}

fn completions() -> Vec<Page> {
    let shells = Shell::value_variants().iter();
    let page = |shell: &Shell| {
        let mut bytes = Vec::new();
        clap_complete::generate(*shell, &mut Arguments::command(), NAME, &mut bytes);
        (shell.file_name(NAME), bytes)
    };
    shells.map(page).collect()
}

const NAME: &str = "strongroom";
