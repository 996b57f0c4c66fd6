package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"clients/records"

	"github.com/segmentio/kafka-go"
)

var codecs = map[string]kafka.Compression{
	"none": 0, "gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

func send(brokers, topic, codec, partitioner, file string) {
	// settings: producer
	writer := &kafka.Writer{ // it has no idempotence: after a fault an event may come twice, so give eventIds
		Addr:         kafka.TCP(brokers),
		Topic:        topic,
		RequiredAcks: kafka.RequireAll,
		BatchTimeout: 10 * time.Millisecond,
		Compression:  codecs[codec],
		Balancer:     kafka.Murmur2Balancer{}, // that of Java; its own default passes over the key
	}
	// end
	if partitioner == "default" {
		writer.Balancer = nil
	}
	defer writer.Close()
	var messages []kafka.Message
	for _, one := range records.ToSend(file) {
		// settings: send
		messages = append(messages, kafka.Message{
			Key: []byte(one.Key), Value: one.Value, Time: time.UnixMilli(one.Timestamp),
		})
		// end
	}
	records.Check(writer.WriteMessages(context.Background(), messages...))
}

func read(brokers, topic, group string, count int) {
	// settings: consumer
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:        []string{brokers},
		GroupID:        group,
		Topic:          topic,
		StartOffset:    kafka.FirstOffset,
		IsolationLevel: kafka.ReadCommitted,
		CommitInterval: time.Second,
		MaxWait:        100 * time.Millisecond,
	})
	// end
	defer reader.Close()
	taken := records.NewTaken(count)
	for !taken.IsDone() {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		record, err := reader.ReadMessage(ctx)
		cancel()
		if err != nil {
			continue
		}
		var sequence []byte
		for _, header := range record.Headers {
			if header.Key == "recstream-sequence" {
				sequence = header.Value
			}
		}
		taken.Take(int32(record.Partition), record.Offset, sequence)
	}
	taken.Flush()
}

func main() {
	if os.Args[1] == "send" {
		send(os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6])
		return
	}
	count, err := strconv.Atoi(os.Args[5])
	records.Check(err)
	read(os.Args[2], os.Args[3], os.Args[4], count)
}
