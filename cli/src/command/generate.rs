//! `generate`: man pages and completions, from the definitions that the program itself reads its arguments by.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use clap::CommandFactory;
use clap::Subcommand;
use clap::ValueEnum;
use clap_complete::Shell;
use rustix::fs::Mode;

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

pub(super) fn run(what: &Generate) -> Result<(), Failure> {
    // These are for everybody, unlike all else that the program writes.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let (dir, written) = match what {
        Generate::Man { dir } => (dir, man(dir)),
        Generate::Completions { dir } => (dir, completions(dir)),
    };
    written.map_err(|source| Failure::Write {
        path: dir.clone(),
        source,
    })
}

fn man(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Arguments::command(), dir)
}

fn completions(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut Arguments::command(), "strongroom", dir)?;
    }
    Ok(())
}
