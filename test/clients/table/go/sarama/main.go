package main

import (
	"context"
	"os"
	"strconv"
	"sync"
	"time"

	"clients/records"

	"github.com/IBM/sarama"
)

var codecs = map[string]sarama.CompressionCodec{
	"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
}

func send(brokers, topic, codec, partitioner, file string) {
	// settings: producer
	config := sarama.NewConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Idempotent = true
	config.Net.MaxOpenRequests = 1 // what Idempotent asks for
	config.Producer.Return.Successes = true
	config.Producer.Compression = codecs[codec]
	config.Producer.Partitioner = sarama.NewMurmur2Partitioner // that of Java; its own default is another
	// end
	if partitioner == "default" {
		config.Producer.Partitioner = sarama.NewConfig().Producer.Partitioner
	}
	// settings: connect
	producer, err := sarama.NewSyncProducer([]string{brokers}, config)
	// end
	records.Check(err)
	defer producer.Close()
	var messages []*sarama.ProducerMessage
	for _, one := range records.ToSend(file) {
		// settings: send
		messages = append(messages, &sarama.ProducerMessage{
			Topic: topic, Key: sarama.StringEncoder(one.Key), Value: sarama.ByteEncoder(one.Value),
			Timestamp: time.UnixMilli(one.Timestamp),
		})
		// end
	}
	records.Check(producer.SendMessages(messages))
}

type handler struct {
	taken *records.Taken
	mutex sync.Mutex
}

func (h *handler) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (h *handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (h *handler) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case record, open := <-claim.Messages():
			if !open {
				return nil
			}
			var sequence []byte
			for _, header := range record.Headers {
				if string(header.Key) == "recstream-sequence" {
					sequence = header.Value
				}
			}
			h.mutex.Lock()
			h.taken.Take(record.Partition, record.Offset, sequence)
			h.mutex.Unlock()
			session.MarkMessage(record, "")
		case <-session.Context().Done():
			return nil
		}
	}
}

func read(brokers, topic, group string, count int) {
	// settings: consumer
	config := sarama.NewConfig()
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.IsolationLevel = sarama.ReadCommitted
	consumer, err := sarama.NewConsumerGroup([]string{brokers}, group, config)
	// end
	records.Check(err)
	h := &handler{taken: records.NewTaken(count)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for done := false; !done; time.Sleep(100 * time.Millisecond) {
			h.mutex.Lock()
			done = h.taken.IsDone()
			h.mutex.Unlock()
		}
		cancel()
	}()
	for ctx.Err() == nil {
		records.Check(consumer.Consume(ctx, []string{topic}, h))
	}
	records.Check(consumer.Close())
	h.taken.Flush()
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
