import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from records import printed, to_send


async def send(brokers, topic, codec, file):
    # settings: producer
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers,
        acks="all",
        enable_idempotence=True,
        compression_type=codec,
    )
    # end
    await producer.start()
    sent = []
    for key, value, time in to_send(file):
        # settings: send
        sent.append(await producer.send(topic, key=key, value=value, timestamp_ms=time))
        # end
    await asyncio.gather(*sent)
    await producer.stop()


async def read(brokers, topic, group, count):
    # settings: consumer
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    # end
    await consumer.start()
    with printed(count) as take:
        while not take.is_done():
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    take(record.partition, record.offset, dict(record.headers))
    await consumer.stop()


if sys.argv[1] == "send":
    codec = None if sys.argv[4] == "none" else sys.argv[4]
    asyncio.run(send(*sys.argv[2:4], codec, sys.argv[6]))
else:
    asyncio.run(read(*sys.argv[2:5], int(sys.argv[5])))
