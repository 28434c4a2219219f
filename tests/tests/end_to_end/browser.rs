//! Debian's Chromium without a screen, driven over loopback by the W3C's WebDriver protocol.

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

/// A browser of one test, with a profile of its own; it ends with its driver, which is killed on drop.
pub(crate) struct Browser {
    driver: Child,
    // Its output stays open: a driver that cannot write would end.
    _output: BufReader<ChildStdout>,
    port: u16,
    session: String,
}

impl Browser {
    pub(crate) fn start(profile: &Path) -> Self {
        for program in [CHROMIUM, DRIVER] {
            assert!(
                Path::new(program).exists(),
                "{program} is missing; apt install chromium chromium-driver, or ./dev test, which does"
            );
        }
        fs::create_dir(profile).unwrap();
        let mut driver = Command::new(DRIVER)
            .arg("--port=0")
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", profile)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = port(&mut output);
        let mut browser = Self {
            driver,
            _output: output,
            port,
            session: String::new(),
        };
        let session = browser.call("POST", "/session", &capabilities(profile));
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Opens a file, and forgets what the browser told of what was open before.
    pub(crate) fn open(&self, file: &Path) {
        self.of_session("POST", "/url", &json!({ "url": "about:blank" }));
        self.log("browser");
        self.log("performance");
        self.of_session("POST", "/url", &json!({ "url": url(file) }));
    }

    /// What a function's body gives.
    #[track_caller]
    pub(crate) fn run(&self, body: &str) -> Value {
        self.of_session("POST", "/execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// Types into what a selector finds, as somebody at the keyboard would.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.of_session("POST", &format!("{element}/clear"), &json!({}));
        self.of_session("POST", &format!("{element}/value"), &json!({ "text": text }));
    }

    /// Clicks on what a selector finds.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.of_session("POST", &format!("{element}/click"), &json!({}));
    }

    fn element(&self, selector: &str) -> String {
        let query = json!({ "using": "css selector", "value": selector });
        let found = self.of_session("POST", "/element", &query);
        let (_, id) = found.as_object().unwrap().iter().next().unwrap();
        format!("/element/{}", id.as_str().unwrap())
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn command(&self, command: &str, parameters: &Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.of_session("POST", "/goog/cdp/execute", &body)
    }

    /// Lays the page out for this width and this preference of colours.
    pub(crate) fn lay_out(&self, width: u32, scheme: &str) {
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &screen);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command(
            "Emulation.setEmulatedMedia",
            &json!({ "media": "", "features": features }),
        );
    }

    /// What stands in the console since it was last asked: also each violation of a policy.
    pub(crate) fn console(&self) -> Vec<String> {
        let entries = self.log("browser");
        entries
            .iter()
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the document in this file asked for since it was opened, whether it was given or not.
    pub(crate) fn requests(&self, file: &Path) -> Vec<String> {
        let document = url(file);
        let entries = self.log("performance");
        entries
            .iter()
            .map(|entry| serde_json::from_str::<Value>(entry["message"].as_str().unwrap()).unwrap())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .map(|entry| entry["message"]["params"].clone())
            .filter(|sent| sent["documentURL"] == document.as_str())
            .map(|sent| sent["request"]["url"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The page as a PDF on A4, in base64.
    pub(crate) fn print(&self) -> String {
        let body = json!({ "page": { "width": 21.0, "height": 29.7 } });
        let printed = self.of_session("POST", "/print", &body);
        printed.as_str().unwrap().to_owned()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.of_session("POST", "/se/log", &json!({ "type": kind }));
        entries.as_array().unwrap().clone()
    }

    #[track_caller]
    fn of_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("{}{path}", self.session), body)
    }

    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(method, path, body).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(status, 200, "{path}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    /// The status and the body of an answer.
    fn ask(&self, method: &str, path: &str, body: &Value) -> io::Result<(u16, String)> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        let (body, port) = (body.to_string(), self.port);
        let head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close");
        let length = body.len();
        write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}")?;
        answer(BufReader::new(stream))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // So its profile is let go of before the test's folder is removed. A browser that does not listen any more ends
        // all the same: it holds a pipe of its driver's.
        drop(self.ask("DELETE", &self.session, &json!({})));
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// The address of a file whose path needs no escapes.
fn url(file: &Path) -> String {
    format!("file://{}", file.to_str().unwrap())
}

/// The port on which the driver says that it listens.
fn port(output: &mut impl BufRead) -> u16 {
    loop {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "{DRIVER} did not start");
        // ChromeDriver was started successfully on port 41233.
        if let Some((_, port)) = line.trim_end().split_once("successfully on port ") {
            return port.trim_end_matches('.').parse().unwrap();
        }
    }
}

fn answer(mut stream: impl BufRead) -> io::Result<(u16, String)> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut length = 0;
    while line.trim_end() != "" {
        line.clear();
        stream.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(io::Error::other)?;
    Ok((status.unwrap_or(0), body))
}

fn capabilities(profile: &Path) -> Value {
    let folder = format!("--user-data-dir={}", profile.join("chromium").display());
    let arguments = [
        "--headless=new",
        // It opens one file of ours; its sandbox is not to be had as root, nor in many containers.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--remote-debugging-pipe",
        &folder,
    ];
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": CHROMIUM, "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    } } })
}

const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";
