//! A reader of the living map, as an interface is one: takes every message, puts it on what it holds, counts its bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use api::types::{PictureHeader, WireBlock, WireCounts};
use api::{Application, Item};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::core::failed;

/// Nothing new for so long: the map stands still.
const QUIET: Duration = Duration::from_millis(1500);
/// Longer it is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a reader holds of the map: every block with its cards, pods and links, and the counts over all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    blocks: BTreeMap<String, WireBlock>,
    counts: WireCounts,
    number: Option<u64>,
    gaps_in_numbers: usize,
    bytes: usize,
}

/// Reads for as long as it is not dropped.
pub(crate) struct MapReader {
    held: Arc<Mutex<Held>>,
    task: JoinHandle<()>,
}

impl MapReader {
    /// Opens the stream and takes the first picture, whose bytes do not count.
    pub(crate) async fn open(application: &Application, cluster: &str) -> Result<Self> {
        let request = json!({ "cluster": cluster, "view": {} });
        let (mut stream, _writer) = application.open_stream(api::Caller::Window, "picture", request).map_err(failed)?;
        let mut first = Held::default();
        match stream.next().await {
            Some(Ok(Item::Binary(message))) => first.take(&message)?,
            Some(Err(error)) => return Err(failed(error)),
            _ => bail!("the stream began without a picture"),
        }
        first.bytes = 0;
        let held = Arc::new(Mutex::new(first));
        let shared = Arc::clone(&held);
        // Ends with the handle.
        let task = tokio::spawn(async move {
            while let Some(Ok(Item::Binary(message))) = stream.next().await {
                let mut held = shared.lock().unwrap_or_else(PoisonError::into_inner);
                if held.take(&message).is_err() {
                    held.gaps_in_numbers += 1;
                }
            }
        });
        Ok(Self { held, task })
    }

    /// Bytes since the last time they were asked for.
    pub(crate) fn bytes(&self) -> usize {
        std::mem::take(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner).bytes)
    }

    /// What it holds once nothing comes any more.
    pub(crate) async fn settled(&self) -> Result<Held> {
        let settle = async {
            let mut before = self.now();
            loop {
                tokio::time::sleep(QUIET).await;
                let after = self.now();
                if after.number == before.number {
                    return after;
                }
                before = after;
            }
        };
        tokio::time::timeout(PATIENCE, settle).await.context("the map does not come to rest")
    }

    fn now(&self) -> Held {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for MapReader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Held {
    fn take(&mut self, message: &[u8]) -> Result<()> {
        let length = message.first_chunk().map(|four| u32::from_le_bytes(*four)).context("a message has a length")?;
        let header = message.get(4..4 + length as usize).context("a message has a header")?;
        let header: PictureHeader = serde_json::from_slice(header)?;
        self.bytes += message.len();
        if self.number.is_some_and(|before| before + 1 != header.number) {
            self.gaps_in_numbers += 1;
        }
        self.number = Some(header.number);
        if header.view.is_some() {
            self.blocks.clear();
        }
        for id in &header.removed {
            self.blocks.remove(id);
        }
        for mut block in header.blocks {
            let mut cards = self.blocks.remove(&block.id).map(|held| held.cards).unwrap_or_default();
            block.cards_splice.apply(&mut cards, std::mem::take(&mut block.cards));
            self.blocks.insert(block.id.clone(), WireBlock { cards, ..block });
        }
        self.counts = header.counts;
        Ok(())
    }

    /// How many cards and pods one holds and the other does not, or holds otherwise, and messages that never came.
    pub(crate) fn differences(&self, other: &Self) -> usize {
        let (one, other_cards) = (self.cards(), other.cards());
        let differing = one.iter().filter(|(key, card)| other_cards.get(*key) != Some(*card)).count();
        let absent = other_cards.keys().filter(|key| !one.contains_key(*key)).count();
        differing + absent + self.gaps_in_numbers + usize::from(self.counts != other.counts)
    }

    /// Cards and pod squares by block and key, each as text: a fold's key may be in several blocks.
    fn cards(&self) -> BTreeMap<(&str, &str), String> {
        let mut all = BTreeMap::new();
        for (id, block) in &self.blocks {
            for card in &block.cards {
                let text =
                    format!("{} {} {} {} {:?}", card.name, card.caption, card.status, card.health.word(), card.tallies);
                all.insert((id.as_str(), card.key.as_str()), text);
                for pod in &card.pods {
                    all.insert((id.as_str(), pod.key.as_str()), pod.health.word().to_owned());
                }
            }
        }
        all
    }
}
