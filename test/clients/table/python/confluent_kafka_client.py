import sys

from confluent_kafka import Consumer, Producer
from records import printed, to_send


def send(brokers, topic, codec, partitioner, file):
    # settings: producer
    settings = {
        "bootstrap.servers": brokers,
        "enable.idempotence": True,  # and with it acks=all
        "compression.type": codec,
        "partitioner": "murmur2_random",  # that of Java; its own default is another
    }
    # end
    if partitioner == "default":
        del settings["partitioner"]
    # settings: connect
    producer = Producer(settings)
    # end
    refused = []
    for key, value, time in to_send(file):
        # settings: send
        producer.produce(topic, key=key, value=value, timestamp=time,
                         on_delivery=lambda error, record: error and refused.append(error))
        # end
        producer.poll(0)
    producer.flush()
    if refused:
        sys.exit(f"{len(refused)} not delivered: {refused[0]}")


def read(brokers, topic, group, count):
    # settings: consumer
    consumer = Consumer({
        "bootstrap.servers": brokers,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",  # the default here
    })
    # end
    consumer.subscribe([topic])
    with printed(count) as take:
        while not take.is_done():
            record = consumer.poll(0.5)
            if record is not None and record.error() is None:
                take(record.partition(), record.offset(), dict(record.headers() or []))
    consumer.close()


if sys.argv[1] == "send":
    send(*sys.argv[2:7])
else:
    read(*sys.argv[2:5], int(sys.argv[5]))
