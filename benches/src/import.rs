//! `./dev bench import`: what taking in a list costs beside its bare rows, and trying a password beside bare hashing.
//!
//! The real program takes a table of so many passwords into a real vault on a software TPM; then bare SQLite writes the
//! same rows into the same tables, in as many transactions. Both in turns, as medians.

use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use strongroom_core::crypto::stretch;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;

use crate::audit::Ran;
use crate::audit::ended;
use crate::audit::run;
use crate::floor::hashing::LOOPS;
use crate::floor::rows::Rows;
use crate::median;
use crate::millis;
use crate::swtpm::Swtpm;
use crate::timed;

/// Measures lists of so many passwords, in so many rounds.
pub(crate) fn measure(program: &str, records: u32, rounds: u32) {
    lists(program, records, rounds);
    one_volume(program, records / 20);
    stretching(rounds.max(5));
}

fn lists(program: &str, records: u32, rounds: u32) {
    let (mut imports, mut bare, mut most_kib) = (Vec::new(), Vec::new(), 0);
    let (mut import_ticks, mut bare_ticks) = (0, 0);
    for _ in 0..rounds {
        let site = Site::new(program);
        let before = site.commits();
        let list = table(records, |number| format!("PC-{number:06},C:"));
        let begun = ticks();
        let ran = site.import(&list);
        import_ticks += ticks() - begun;
        let transactions = site.commits() - before;
        assert!(transactions > 0, "nothing was taken in");
        let rows = Rows::read(&site.file());
        let begun = ticks();
        bare.push(timed(|| rows.write(&site.folder.path().join("bare.db"), transactions)));
        bare_ticks += ticks() - begun;
        imports.push(ran.time);
        most_kib = ran.most_kib.max(most_kib);
        println!(
            "{records} passwords in {transactions} commits, at most {} MiB",
            most_kib / 1024
        );
    }
    let (import, bare) = (median(&mut imports), median(&mut bare));
    println!("medians of {rounds} rounds, in turns:");
    println!("import                              {:8.2} s", import.as_secs_f64());
    println!("the same rows by bare SQLite        {:8.2} s", bare.as_secs_f64());
    println!("{:.2} times the bare rows", import.as_secs_f64() / bare.as_secs_f64());
    let cpu = f64::from(u32::try_from(import_ticks).unwrap()) / f64::from(u32::try_from(bare_ticks.max(1)).unwrap());
    println!("{cpu:.2} times their time on a processor");
}

/// Hundredths of a second that this process and those that it waited for were on a processor.
fn ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let times = fields.split_whitespace().skip(11).take(4);
    times.map(|time| time.parse::<u64>().unwrap()).sum()
}

/// What it costs that a volume already has many passwords: all of them stand in its record.
fn one_volume(program: &str, records: u32) {
    for records in [records, records * 2] {
        let ran = Site::new(program).import(&table(records, |_| "PC-1,".to_owned()));
        println!(
            "{records:6} of one unnamed volume         {:8.2} s  {:5} MiB",
            ran.time.as_secs_f64(),
            ran.most_kib / 1024
        );
    }
}

fn stretching(rounds: u32) {
    let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
    let mut ours = Vec::new();
    let mut loops = LOOPS.map(|(name, bare)| (name, bare, Vec::new()));
    for _ in 0..rounds {
        ours.push(timed(|| {
            std::hint::black_box(stretch(&password, &[9; 16], |_| ControlFlow::Continue(())).is_some());
        }));
        for (_, bare, times) in &mut loops {
            times.push(timed(*bare));
        }
    }
    let ours = median(&mut ours);
    println!("trying a password                   {:8.2} ms", millis(ours));
    let mut fastest = Duration::MAX;
    for (name, _, times) in &mut loops {
        let time = median(times);
        fastest = fastest.min(time);
        println!("bare loop, {name}: {:.2} ms", millis(time));
    }
    println!("{:.2} times the fastest", ours.as_secs_f64() / fastest.as_secs_f64());
}

/// A vault on a software TPM of its own.
struct Site {
    program: String,
    folder: tempfile::TempDir,
    _tpm: Swtpm,
}

impl Site {
    fn new(program: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tpm = Swtpm::start(folder.path());
        let tcti = format!("swtpm:host=127.0.0.1,port={}", tpm.port());
        let site = Self {
            program: program.to_owned(),
            folder,
            _tpm: tpm,
        };
        ended(&mut site.strongroom(&["init", "--tpm", &tcti, "--no-pin"]));
        site
    }

    fn import(&self, table: &str) -> Ran {
        let list = self.folder.path().join("list.csv");
        fs::write(&list, table).unwrap();
        run(&mut self.strongroom(&["import", &list.to_string_lossy()]))
    }

    /// Commits so far: each is one write to the TPM.
    fn commits(&self) -> usize {
        let status = ended(&mut self.strongroom(&["--json", "status", "--no-tpm"]));
        let number = status.split_once("\"anchor_writes\":").map(|(_, rest)| rest).unwrap();
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        number.get(..end).and_then(|number| number.parse().ok()).unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.vault().join("vault.db")
    }

    fn vault(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("vault")
    }

    fn strongroom(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--vault").arg(self.vault()).args(arguments);
        command
    }
}

/// A table of so many passwords, each of its own device or what `place` says.
fn table(records: u32, place: impl Fn(u32) -> String) -> String {
    let mut table = String::from("Device,Volume,Protector ID,Recovery Password,Created\n");
    for number in 0..records {
        let (place, mixed) = (place(number), number.wrapping_mul(0x9e37_79b9));
        write!(table, "{place},{mixed:08x}-0000-4000-8000-{number:012x},").unwrap();
        for group in 0..8_u32 {
            let value = mixed.rotate_left(group * 4).wrapping_add(group) % 65_536 * 11;
            write!(table, "{}{value:06}", if group == 0 { "" } else { "-" }).unwrap();
        }
        writeln!(table, ",2026-0{}-11T10:00:00Z", 1 + number % 9).unwrap();
    }
    table
}
