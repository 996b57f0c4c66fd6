//! What every client in Rust is given to send, and how it tells what it read.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::time::{Duration, Instant};

pub struct ToSend {
    pub key: String,
    pub value: Vec<u8>,
    pub timestamp: i64,
}

pub fn to_send(file: &str) -> Vec<ToSend> {
    let text = std::fs::read_to_string(file).expect("the file to send");
    text.lines()
        .map(|line| {
            let one: serde_json::Value = serde_json::from_str(line).expect("JSON");
            ToSend {
                key: one["key"].as_str().expect("a key").to_owned(),
                value: STANDARD.decode(one["value"].as_str().expect("a value")).expect("base64"),
                timestamp: one["timestamp"].as_i64().expect("a timestamp"),
            }
        })
        .collect()
}

/// Takes each record read; is done a moment after as many as asked for, or when nothing more comes.
pub struct Taken {
    wanted: usize,
    lines: Vec<String>,
    last: Instant,
}

impl Taken {
    pub fn new(wanted: usize) -> Self {
        Self { wanted, lines: Vec::new(), last: Instant::now() }
    }

    pub fn take(&mut self, partition: i32, offset: i64, sequence: Option<&[u8]>) {
        let sequence = sequence.map_or("none".into(), String::from_utf8_lossy);
        self.lines.push(format!("{partition} {offset} {sequence}\n"));
        self.last = Instant::now();
    }

    pub fn is_done(&self) -> bool {
        let quiet = if self.lines.len() >= self.wanted { 1 } else { 60 };
        self.last.elapsed() > Duration::from_secs(quiet)
    }

    pub fn print(&self) {
        print!("{}", self.lines.concat());
    }
}
