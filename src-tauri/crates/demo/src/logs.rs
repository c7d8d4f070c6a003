//! What containers log: pure functions of the pod, the run and the time, so that nothing has to be kept.
//!
//! The styles are those that a reader of logs meets: JSON lines, plain text, access logs, and Java with stack
//! traces over many lines. A crashing program tells why, and then ends.

use std::sync::Arc;

use serde_json::json;

use crate::random::hash;
use crate::time::{SECOND, Time};

/// One run of a container.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// What the lines depend on: the pod's uid and the container.
    pub(crate) identity: String,
    pub(crate) container: String,
    pub(crate) style: String,
    /// What this program is likely to say; empty for one that nobody described.
    pub(crate) says: Arc<[String]>,
    pub(crate) started: Time,
    /// When it ended, if it has.
    pub(crate) ended: Option<Time>,
}

/// An entry of a log; Java's may have many lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) time: Time,
    pub(crate) text: String,
}

/// The kubelet rotates logs; older entries than this many are gone.
const KEPT: i64 = 4_000;

impl Run {
    /// The entries after one instant and up to another.
    pub(crate) fn entries(&self, after: Time, until: Time) -> Vec<Entry> {
        let until = self.ended.map_or(until, |ended| ended.min(until));
        if until < self.started {
            return Vec::new();
        }
        if self.style == "crash" {
            return self.last_words(after, until);
        }
        let period = self.period();
        let last = until.since(self.started) / period + 1;
        let first = (after.since(self.started) / period - 1).max(last - KEPT).max(0);
        (first..=last)
            .map(|index| Entry { time: self.time_of(index), text: String::new() })
            .zip(first..)
            .filter(|(entry, _)| entry.time > after && entry.time <= until)
            .map(|(entry, index)| Entry { text: self.text(index, entry.time), ..entry })
            .collect()
    }

    /// Milliseconds between two entries, on average.
    fn period(&self) -> i64 {
        let spread = i64::try_from(hash(3, &[&self.identity]) % 1_000).unwrap_or(0);
        match self.style.as_str() {
            "access" => 700 + spread,
            "json" => 1_700 + spread,
            "java" => 4_000 + spread,
            _ => 6_000 + spread * 3,
        }
    }

    fn time_of(&self, index: i64) -> Time {
        let period = self.period();
        let jitter = i64::try_from(self.dice(index, "jitter") % 1_000).unwrap_or(0) * period / 1_250;
        self.started.plus(index * period + jitter)
    }

    fn dice(&self, index: i64, what: &str) -> u64 {
        hash(5, &[&self.identity, what, &index.to_string()])
    }

    fn pick<'a>(&self, index: i64, what: &str, from: &[&'a str]) -> &'a str {
        let place = self.dice(index, what) % from.len().max(1) as u64;
        from.get(place as usize).copied().unwrap_or_default()
    }

    /// One of the program's own sentences of a level, its blanks filled in; otherwise one that any program might say.
    fn sentence(&self, index: i64, level: &str, common: &[&str]) -> String {
        let own: Vec<&str> = self
            .says
            .iter()
            .filter_map(|sentence| match sentence.split_once(": ").filter(|(front, _)| LEVELS.contains(front)) {
                Some((front, rest)) => (front == level).then_some(rest),
                None => (!LEVELS.contains(&level)).then_some(sentence.as_str()),
            })
            .collect();
        let sentence = self.pick(index, level, if own.is_empty() { common } else { &own });
        fill(sentence, self.dice(index, "blanks"))
    }

    fn text(&self, index: i64, time: Time) -> String {
        match self.style.as_str() {
            "access" => self.access(index, time),
            "json" => self.json(index, time),
            "java" => self.java(index, time),
            _ => self.plain(index, time),
        }
    }

    fn access(&self, index: i64, time: Time) -> String {
        let path = self.pick(
            index,
            "path",
            &["/", "/p/1288", "/p/77", "/search?q=lamp", "/cart", "/checkout", "/static/app.js", "/account"],
        );
        let status = self.pick(
            index,
            "status",
            &["200", "200", "200", "200", "200", "304", "302", "404", "200", "200", "499", "502"],
        );
        let dice = self.dice(index, "rest");
        format!(
            "203.0.113.{} - - [{}] \"GET {path} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0\" rt=0.{:03}",
            dice % 254 + 1,
            time.access_log(),
            dice / 256 % 48_000 + 180,
            dice / 65_536 % 900 + 4,
        )
    }

    fn json(&self, index: i64, time: Time) -> String {
        let dice = self.dice(index, "rest");
        let level = self.pick(
            index,
            "level",
            &["info", "info", "info", "info", "info", "info", "debug", "warn", "info", "info", "info", "error"],
        );
        let common: &[&str] = match level {
            "error" => &["upstream timed out", "connection reset by peer"],
            "warn" => &["slow answer from upstream", "retrying", "pool is nearly exhausted"],
            _ => &["request served", "cache hit", "cache miss", "token refreshed"],
        };
        let message = self.sentence(index, level, common);
        let mut line = json!({
            "time": time.micros(),
            "level": level,
            "msg": message,
            "service": self.container,
            "trace": format!("{dice:016x}"),
            "ms": dice % 480 + 1,
        });
        if level == "error" {
            line["error"] = "context deadline exceeded".into();
            line["attempt"] = (dice % 3 + 1).into();
        }
        line.to_string()
    }

    fn plain(&self, index: i64, time: Time) -> String {
        let worried = index > 2 && self.dice(index, "rest").is_multiple_of(41);
        let text = match index {
            0 => "starting".to_owned(),
            1 => "configuration loaded".to_owned(),
            2 => "ready to serve".to_owned(),
            _ => self.sentence(
                index,
                if worried { "warn" } else { "info" },
                &["health check passed", "client connected: {ip}", "synced {n} objects in {ms} ms", "still here"],
            ),
        };
        let level = if worried { "WARN" } else { "INFO" };
        format!("{} {level} {}: {text}", time.rfc3339(), self.container)
    }

    fn java(&self, index: i64, time: Time) -> String {
        let dice = self.dice(index, "rest");
        let stamp = time.micros();
        if dice.is_multiple_of(9) {
            let cause = self.pick(
                index,
                "cause",
                &[
                    "java.net.SocketTimeoutException: Read timed out",
                    "java.util.concurrent.TimeoutException: no answer within 800 ms",
                    "java.lang.IllegalStateException: connection pool shut down",
                ],
            );
            return format!(
                "{stamp} ERROR [worker-{}] e.s.{}.Handler - request {:08x} failed\n\
                 java.lang.RuntimeException: cannot complete request\n\
                 \tat example.shop.Handler.handle(Handler.java:{})\n\
                 \tat example.shop.Dispatcher.lambda$run$0(Dispatcher.java:88)\n\
                 \tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)\n\
                 \tat java.base/java.lang.Thread.run(Thread.java:1583)\n\
                 Caused by: {cause}\n\
                 \tat example.shop.Client.call(Client.java:{})\n\
                 \t... 4 more",
                dice / 16 % 8,
                self.container,
                dice >> 32,
                dice / 64 % 300 + 20,
                dice / 128 % 200 + 12,
            );
        }
        let what = self.sentence(index, "info", &["request served", "queue drained", "pool has {n} idle connections"]);
        format!("{stamp} INFO  [worker-{}] e.s.{}.Main - {what}", dice / 16 % 8, self.container)
    }

    /// A program that cannot reach its database.
    fn last_words(&self, after: Time, until: Time) -> Vec<Entry> {
        let database = "orders-db.data.svc.cluster.local";
        let fails = format!("dial tcp: lookup {database} on 10.0.0.10:53: no such host");
        let lines = [
            (0, "INFO  ledger 3.3.1 starting".to_owned()),
            (120, "INFO  configuration read from environment".to_owned()),
            (300, format!("INFO  connecting to postgres at {database}:5432")),
            (3_300, format!("WARN  {fails} (attempt 1 of 3), next in 3s")),
            (6_400, format!("WARN  {fails} (attempt 2 of 3), next in 5s")),
            (11_500, format!("ERROR {fails} (attempt 3 of 3)")),
            (11_600, "FATAL cannot open the ledger database: giving up".to_owned()),
            (11_610, "goroutine 1 [running]:\nmain.open(0xc00011e2d0)\n\t/src/ledger/main.go:71 +0x1d4\nmain.main()\n\t/src/ledger/main.go:38 +0x9b".to_owned()),
        ];
        lines
            .into_iter()
            .map(|(offset, text)| {
                let time = self.started.plus(offset);
                let text = format!("{} {text}", time.rfc3339());
                Entry { time, text }
            })
            .filter(|entry| entry.time > after && entry.time <= until.plus(SECOND))
            .collect()
    }
}

/// The words that mark a sentence as said in need; one without is said in the usual course.
const LEVELS: [&str; 2] = ["warn", "error"];

/// A sentence with its blanks filled in: `{n}` a number, `{ms}` a time, `{ip}` a pod's address, `{id}` a short name.
fn fill(sentence: &str, dice: u64) -> String {
    let mut text = String::with_capacity(sentence.len() + 8);
    let mut rest = sentence;
    let mut dice = dice;
    while let Some((front, (blank, behind))) =
        rest.split_once('{').and_then(|(front, tail)| Some((front, tail.split_once('}')?)))
    {
        text.push_str(front);
        text.push_str(&match blank {
            "ms" => (dice % 90 + 2).to_string(),
            "ip" => format!("10.244.{}.{}", dice % 5, dice / 7 % 250 + 2),
            "id" => format!("{:06x}", dice % 0x100_0000),
            _ => (dice % 900 + 12).to_string(),
        });
        dice = dice.rotate_right(17);
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(style: &str) -> Run {
        Run {
            identity: "uid/web".to_owned(),
            container: "web".to_owned(),
            style: style.to_owned(),
            says: Arc::default(),
            started: Time::from_millis(1_795_183_320_000),
            ended: None,
        }
    }

    #[test]
    fn reading_in_pieces_gives_what_reading_at_once_gives() {
        for style in ["json", "plain", "access", "java"] {
            let run = run(style);
            let end = run.started.plus(600 * SECOND);
            let whole = run.entries(run.started.minus(1), end);
            let mut pieces = Vec::new();
            let mut at = run.started.minus(1);
            while at < end {
                let next = at.plus(777).min(end);
                pieces.extend(run.entries(at, next));
                at = next;
            }
            assert!(whole.len() > 40, "{style}: {}", whole.len());
            assert_eq!(whole, pieces, "{style}");
            assert!(whole.is_sorted_by_key(|entry| entry.time), "{style}");
        }
    }

    #[test]
    fn a_program_says_its_own_words_at_their_level() {
        let says = ["cart {id} has {n} items", "warn: redis took {ms} ms", "error: redis at {ip} is gone"];
        let run = Run { says: says.map(str::to_owned).into(), ..run("json") };
        let end = run.started.plus(1_800 * SECOND);
        let mut levels = std::collections::BTreeSet::new();
        for entry in run.entries(Time::default(), end) {
            let line: serde_json::Value = serde_json::from_str(&entry.text).unwrap_or_default();
            let (level, message) = (line["level"].as_str().unwrap_or(""), line["msg"].as_str().unwrap_or(""));
            let start = match level {
                "error" => "redis at 10.244.",
                "warn" => "redis took ",
                _ => "cart ",
            };
            assert!(message.starts_with(start) && !message.contains('{'), "{}", entry.text);
            levels.insert(level.to_owned());
        }
        assert_eq!(levels.len(), 4);
    }

    #[test]
    fn java_has_stack_traces_and_json_is_json() {
        let end = Time::from_millis(1_795_183_320_000 + 900 * SECOND);
        let java = run("java").entries(Time::default(), end);
        assert!(java.iter().any(|entry| entry.text.contains("\n\tat ")));
        for entry in run("json").entries(Time::default(), end) {
            assert!(serde_json::from_str::<serde_json::Value>(&entry.text).is_ok());
        }
    }
}
