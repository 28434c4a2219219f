//! The program, run cold.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// A vault on a software TPM, with something in it.
pub(crate) struct Site {
    program: String,
    vault: PathBuf,
}

impl Site {
    pub(crate) fn new(program: &str, folder: &Path, port: u16) -> Self {
        let site = Self {
            program: program.to_owned(),
            vault: folder.join("vault"),
        };
        let tcti = format!("swtpm:host=127.0.0.1,port={port}");
        site.run(&["init", "--tpm", &tcti, "--no-pin"], "");
        for number in 0..64 {
            site.escrow(number);
        }
        site
    }

    /// Escrows password `number` of device `number`: eight equal groups, each a multiple of 11.
    pub(crate) fn escrow(&self, number: u32) {
        let (device, protector) = (device(number), protector(number));
        let group = format!("{:06}", (number + 1) * 11);
        let password = vec![group; 8].join("-");
        let arguments = [
            "escrow",
            "--device",
            &device,
            "--volume",
            "C:",
            "--protector",
            &protector,
        ];
        self.run(&arguments, &password);
    }

    pub(crate) fn reveal(&self, number: u32) {
        self.run(
            &["--json", "reveal", &protector(number), "--reason", "tpm-reset", "--yes"],
            "",
        );
    }

    pub(crate) fn find(&self, number: u32) {
        let protector = protector(number);
        let (prefix, _) = protector.split_at(8);
        self.run(&["find", prefix], "");
    }

    pub(crate) fn show(&self, number: u32) {
        self.run(&["show", &device(number)], "");
    }

    fn run(&self, arguments: &[&str], input: &str) {
        let mut child = Command::new(&self.program)
            .arg("--vault")
            .arg(&self.vault)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
    }
}

fn device(number: u32) -> String {
    format!("PC-{number:06}")
}

fn protector(number: u32) -> String {
    format!("{:08x}-0000-4000-8000-{number:012x}", number.wrapping_mul(0x9e37_79b9))
}
