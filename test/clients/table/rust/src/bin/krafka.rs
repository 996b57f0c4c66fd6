use clients::{Taken, to_send};
use krafka::consumer::{AutoOffsetReset, IsolationLevel};
use krafka::producer::Acks;
use krafka::{Compression, Kafka, Record};
use std::time::Duration;

type Done = Result<(), Box<dyn std::error::Error>>;

async fn send(brokers: &str, topic: &str, codec: &str, file: &str) -> Done {
    let codec = match codec {
        "gzip" => Compression::Gzip,
        "snappy" => Compression::Snappy,
        "lz4" => Compression::Lz4,
        "zstd" => Compression::Zstd,
        _ => Compression::None,
    };
    // settings: producer
    let kafka = Kafka::builder(brokers).client_id("shop").connect().await?;
    let producer = kafka
        .producer() // idempotent unless told otherwise
        .acks(Acks::All)
        .compression(codec)
        .build()
        .await?;
    // end
    let mut sent = Vec::new();
    for one in to_send(file) {
        // settings: send
        let record = Record::new(topic, one.value).key(one.key).timestamp(one.timestamp);
        sent.push(producer.enqueue(record).await?);
        // end
    }
    for handle in sent {
        let _ = handle.await?;
    }
    producer.close().await?;
    Ok(())
}

async fn read(brokers: &str, topic: &str, group: &str, count: usize) -> Done {
    // settings: consumer
    let kafka = Kafka::builder(brokers).client_id("shop").connect().await?;
    let consumer = kafka
        .consumer(group)
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .isolation_level(IsolationLevel::ReadCommitted)
        .build()
        .await?;
    consumer.subscribe([topic]).await?;
    // end
    let mut taken = Taken::new(count);
    while !taken.is_done() {
        for record in &consumer.poll(Duration::from_millis(500)).await? {
            let sequence = record.header("recstream-sequence").flatten();
            taken.take(record.partition, record.offset, sequence.map(|bytes| bytes.as_ref()));
        }
    }
    consumer.close().await?;
    taken.print();
    Ok(())
}

#[tokio::main]
async fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words[0].as_str() {
        "send" => send(&words[1], &words[2], &words[3], &words[5]).await,
        _ => read(&words[1], &words[2], &words[3], words[4].parse()?).await,
    }
}
