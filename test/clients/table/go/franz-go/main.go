package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"clients/records"

	"github.com/twmb/franz-go/pkg/kgo"
)

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func send(brokers, topic, codec, file string) {
	ctx := context.Background()
	// settings: producer
	client, err := kgo.NewClient( // idempotent, with acks of all replicas, unless told otherwise
		kgo.SeedBrokers(brokers),
		kgo.ProducerBatchCompression(codecs[codec]),
	)
	// end
	records.Check(err)
	defer client.Close()
	for _, one := range records.ToSend(file) {
		// settings: send
		client.Produce(ctx, &kgo.Record{
			Topic: topic, Key: []byte(one.Key), Value: one.Value, Timestamp: time.UnixMilli(one.Timestamp),
		}, func(_ *kgo.Record, err error) { records.Check(err) })
		// end
	}
	records.Check(client.Flush(ctx))
}

func read(brokers, topic, group string, count int) {
	// settings: consumer
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
	)
	// end
	records.Check(err)
	defer client.Close()
	taken := records.NewTaken(count)
	for !taken.IsDone() {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		client.PollFetches(ctx).EachRecord(func(record *kgo.Record) {
			var sequence []byte
			for _, header := range record.Headers {
				if header.Key == "recstream-sequence" {
					sequence = header.Value
				}
			}
			taken.Take(record.Partition, record.Offset, sequence)
		})
		cancel()
	}
	taken.Flush()
}

func main() {
	if os.Args[1] == "send" {
		send(os.Args[2], os.Args[3], os.Args[4], os.Args[6])
		return
	}
	count, err := strconv.Atoi(os.Args[5])
	records.Check(err)
	read(os.Args[2], os.Args[3], os.Args[4], count)
}
