import sys

from kafka import KafkaConsumer, KafkaProducer
from records import printed, to_send


def send(brokers, topic, codec, file):
    # settings: producer
    producer = KafkaProducer(
        bootstrap_servers=brokers,
        acks="all",
        enable_idempotence=True,
        compression_type=codec,
    )
    # end
    sent = []
    for key, value, time in to_send(file):
        # settings: send
        sent.append(producer.send(topic, key=key, value=value, timestamp_ms=time))
        # end
    producer.flush()
    for future in sent:
        future.get(timeout=60)


def read(brokers, topic, group, count):
    # settings: consumer
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    # end
    with printed(count) as take:
        while not take.is_done():
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    take(record.partition, record.offset, dict(record.headers))
    consumer.close()


if sys.argv[1] == "send":
    codec = None if sys.argv[4] == "none" else sys.argv[4]
    send(*sys.argv[2:4], codec, sys.argv[6])
else:
    read(*sys.argv[2:5], int(sys.argv[5]))
