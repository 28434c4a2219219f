//! The set-up of docs/operations.md is played as it is written: on a machine of its own, with real users and the real sudo.
//!
//! Its blocks that begin with `# as root` or `# as an operator` run in the document's order. Between them the test does
//! what the document leaves to people: accounts, PINs, an agent that submits drops.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::run::AUDIT_PROGRAM;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;

/// A block of code, and the section that contains it.
struct Block<'d> {
    section: &'d str,
    language: &'d str,
    lines: Vec<&'d str>,
}

impl Block<'_> {
    /// Returns whether the first line says this.
    fn is_for(&self, who: &str) -> bool {
        self.language == "sh" && self.lines.first().is_some_and(|line| line.starts_with(who))
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Blocks for root that are not played: their machine has a TPM, or a disk that may be changed.
const FOR_HARDWARE: [(&str, &str); 2] = [
    ("Setting up a site", "# as root, for a real TPM"),
    ("Does it open the volume?", "# as root"),
];
/// How `init` names a real TPM, and how it is played.
const REAL_TPM: &str = "--tpm device:/dev/tpmrm0 --pcr 7 ";
const SIMULATOR: &str = "--tpm simulator ";

fn document() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md")).unwrap()
}

fn blocks(document: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut section, mut open) = (Vec::new(), "", None::<Block<'_>>);
    for line in document.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                let lines = Vec::new();
                open = Some(Block {
                    section,
                    language,
                    lines,
                });
            }
            (None, Some(block)) => block.lines.push(line),
            (None, None) if line.starts_with('#') => section = line.trim_start_matches(['#', ' ']),
            (None, None) => {}
        }
    }
    blocks
}

/// Writes the blocks as files, and returns them with the script that runs them and checks what comes of them.
fn composed(document: &str, folder: &Path) -> (String, Vec<PathBuf>) {
    let (mut script, mut files) = (BEFORE.replace("$PIN", PIN), Vec::new());
    for block in blocks(document) {
        let (root, operator) = (block.is_for("# as root"), block.is_for("# as an operator"));
        let hardware = FOR_HARDWARE
            .iter()
            .any(|(section, first)| block.section == *section && block.is_for(first));
        if block.language == "ini" {
            let starts = block.lines.iter().find_map(|line| line.strip_prefix("ExecStart="));
            fs::write(folder.join("service"), starts.unwrap()).unwrap();
            files.push(folder.join("service"));
        }
        if hardware || !(root || operator) {
            continue;
        }
        let name = format!("block-{}", files.len());
        let text = block.text().replace(REAL_TPM, SIMULATOR);
        fs::write(folder.join(&name), text).unwrap();
        files.push(folder.join(&name));
        let who = if root { "as_root" } else { "as_operator" };
        script.push_str(&format!("{who} {name}\n"));
        for (first, check) in CHECKS {
            if block.lines.contains(first) {
                script.push_str(check);
            }
        }
    }
    script.push_str(AFTER);
    (script, files)
}

#[test]
fn the_documented_set_up_works_from_its_first_command() {
    let folder = tempfile::tempdir().unwrap();
    let document = document();
    assert!(document.contains(REAL_TPM), "init is played as it is written");
    let (script, mut files) = composed(&document, folder.path());
    for (_, check) in CHECKS {
        assert!(script.contains(check), "no block for {check}");
    }
    let path = folder.path().join("script");
    fs::write(&path, script).unwrap();
    for (name, program) in [
        ("strongroom", PROGRAM),
        ("strongroom-audit", AUDIT_PROGRAM),
        ("strongroom-drop", DROP_PROGRAM),
    ] {
        symlink(program, folder.path().join(name)).unwrap();
        files.push(folder.path().join(name));
    }
    let machine = Path::new(env!("CARGO_MANIFEST_DIR")).join("own_machine");
    let played = Run::of(machine.to_str().unwrap(), [path]).args(files).output().ok();
    let list = played
        .stdout
        .lines()
        .filter(|line| line.starts_with("{\""))
        .collect::<Vec<_>>();
    for action in ["init", "checkpoint", "export", "sender-enrol", "escrow"] {
        let action = format!("\"action\":\"{action}\"");
        let event = list.iter().find(|line| line.contains(&action));
        let event = event.unwrap_or_else(|| panic!("no {action} in {played:?}"));
        assert!(event.contains("\"effective\":\"strongroom\""), "{event}");
    }
}

/// Makes the accounts of an operator, of an agent, and of a user that is neither.
const BEFORE: &str = r#"set -euo pipefail
as_root() {
  printf '== %s\n' "$1"
  bash -euo pipefail "./$1" <<<'$PIN'
}
# A line at a time: each command reads a PIN.
as_operator() {
  printf '== %s\n' "$1"
  local line
  while read -r line; do
    [[ $line == '#'* ]] || as alice "$line" <<<'$PIN'
  done <"$1"
}
as() {
  runuser --login "$1" --command "$2"
}
ends_with() {
  local expected=$1 code=0
  shift
  "$@" || code=$?
  [[ $code -eq $expected ]] || { printf 'FAILED: %s: %d in place of %d\n' "$*" "$code" "$expected" >&2; exit 1; }
}
for user in alice agent bob; do
  adduser --quiet --disabled-password --gecos '' "$user"
done
install -m 0755 strongroom-audit strongroom-drop /usr/local/bin
"#;

/// What is done and checked after the block with this line.
const CHECKS: &[(&str, &str)] = &[
    (
        "adduser alice helpdesk",
        r#"
# The system user needs neither a home folder nor --vault.
ends_with 3 sudo -u strongroom strongroom list
ends_with 1 as bob 'sudo -n -u strongroom /usr/local/bin/strongroom --vault /var/lib/strongroom list'
"#,
    ),
    (
        "strongroom init --tpm device:/dev/tpmrm0 --pcr 7 --pin --site 'Plant 3'",
        r#"
ends_with 0 sudo -u strongroom strongroom status
ends_with 2 as alice 'strongroom list --vault /tmp'
"#,
    ),
    (
        "strongroom audit export /var/lib/strongroom-log",
        r#"
as alice 'strongroom-audit --export log --key "$(sed -n 1p log.keys)" --key "$(sed -n 2p log.keys)"'
[[ $(find /home/alice/{log,log.keys,vault.key,first.checkpoint} ! -user alice) == '' ]]
as alice 'strongroom-drop key vault.key'
as bob 'test ! -r /var/lib/strongroom-log/checkpoint'
"#,
    ),
    (
        "addgroup --system strongroom-agents",
        r#"
adduser agent strongroom-agents
install -d -o strongroom /run/senders
sudo -u strongroom strongroom drop enrol 'plant 3' --device PC-0042 --out /run/senders/plant-3 <<<'correct-horse-4711'
install -m 0600 -o agent /run/senders/plant-3 /home/agent/plant-3.sender
seal() {
  as agent "strongroom-drop seal --sender plant-3.sender --device PC-0042 --volume C: --protector $2 \
    --out $1.drop && cp $1.drop /var/spool/strongroom/.$1 && mv /var/spool/strongroom/.$1 /var/spool/strongroom/$1.drop" <<<"$3"
}
receipt() {
  as agent "strongroom-drop receipt /var/spool/strongroom/done/$1.drop.receipt --to plant-3.sender $1.drop"
}
"#,
    ),
    (
        "install -m 0600 -o strongroom -g strongroom /dev/stdin /etc/strongroom.pin",
        r#"
seal first 4ab2c9d1-7c1e-4f3a-9d55-000000000001 000011-000022-000033-000044-000055-000066-000077-000088
runuser -u strongroom -- sh -c "$(sed 's/^17 \* \* \* \* strongroom //' /etc/cron.d/strongroom)"
receipt first
"#,
    ),
    (
        "flock /var/lib/strongroom/lock cp -aT /var/lib/strongroom /mnt/backup/strongroom",
        r#"
diff -r /var/lib/strongroom /mnt/backup/strongroom
[[ $(stat -c '%U %a' /mnt/backup/strongroom/vault.db) == 'strongroom 600' ]]
"#,
    ),
];

/// The service as systemd starts it, with its credential; and who acted.
const AFTER: &str = r#"
install -d -m 0700 -o strongroom /run/credentials
install -m 0400 -o strongroom /etc/strongroom.pin /run/credentials/strongroom.pin
seal second 4ab2c9d1-7c1e-4f3a-9d55-000000000002 000110-000220-000330-000440-000550-000660-000770-000880
CREDENTIALS_DIRECTORY=/run/credentials setpriv --reuid strongroom --regid strongroom --init-groups sh -c "exec $(<service)" &
service=$!
for ((tries = 0; tries < 600; tries++)); do
  [[ ! -e /var/spool/strongroom/done/second.drop.receipt ]] || break
  sleep 0.1
done
kill "$service"
receipt second
as alice 'strongroom audit verify'
as alice 'strongroom --json audit list'
"#;

/// Returns the packages that the table of the document names for Debian 12, in the row for this.
#[track_caller]
fn packages(document: &str, row: &str) -> Vec<String> {
    let row = document
        .lines()
        .find(|line| line.starts_with(&format!("| {row} |")))
        .unwrap();
    let cell = row.split('|').nth(2).unwrap();
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Adds the packages that these need.
fn with_dependencies(mut packages: Vec<String>) -> Vec<String> {
    let mut done = 0;
    while let Some(package) = packages.get(done).cloned() {
        done += 1;
        let asked = Run::of("dpkg-query", ["-W", "-f", "${Depends}", &package])
            .output()
            .ok();
        for dependency in asked
            .stdout
            .split([',', '|'])
            .filter_map(|one| one.split_whitespace().next())
        {
            let name = dependency.split(':').next().unwrap().to_owned();
            let installed = || Run::of("dpkg-query", ["-W", &name]).output().code == 0;
            if !packages.contains(&name) && installed() {
                packages.push(name);
            }
        }
    }
    packages
}

/// Asserts that one of these packages contains the library.
#[track_caller]
fn assert_contained(library: &str, packages: &[String]) {
    let found = Run::of("dpkg-query", ["-S", &format!("*/{library}")])
        .output()
        .ok()
        .stdout;
    let contained = found.lines().filter_map(|line| line.split(':').next());
    let contained: Vec<&str> = contained
        .filter(|name| packages.iter().any(|one| one == name))
        .collect();
    assert!(
        !contained.is_empty(),
        "{library} is in none of {packages:?} but in {found}"
    );
}

#[test]
fn the_packages_of_the_document_contain_every_library() {
    let document = document();
    let vault = with_dependencies(packages(&document, "any vault"));
    for (program, packages) in [
        (PROGRAM, vault),
        (DROP_PROGRAM, ["libc6", "libgcc-s1"].map(str::to_owned).to_vec()),
        (AUDIT_PROGRAM, ["libc6", "libgcc-s1"].map(str::to_owned).to_vec()),
    ] {
        let linked = Run::of("ldd", [program]).output().ok().stdout;
        let linked: Vec<&str> = linked
            .lines()
            .filter_map(|line| line.split_once(" => "))
            .map(|(name, _)| name.trim())
            .collect();
        assert!(linked.contains(&"libc.so.6"), "{linked:?}");
        for library in linked {
            assert_contained(library, &packages);
        }
    }
    // libtss2-tctildr opens these by name: ldd does not know them.
    assert_contained("libtss2-tcti-device.so.0", &packages(&document, "a real TPM"));
    assert_contained("libtss2-tcti-swtpm.so.0", &packages(&document, "a simulator"));
}
