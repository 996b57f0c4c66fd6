// Package records is what every client in Go is given to send, and how it tells what it read.
package records

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

// Record is one line of the file to send.
type Record struct {
	Key       string `json:"key"`
	Value     []byte `json:"value"`
	Timestamp int64  `json:"timestamp"`
}

// ToSend reads the file.
func ToSend(file string) []Record {
	open, err := os.Open(file)
	Check(err)
	defer open.Close()
	var all []Record
	lines := bufio.NewScanner(open)
	for lines.Scan() {
		var one Record
		Check(json.Unmarshal(lines.Bytes(), &one))
		all = append(all, one)
	}
	Check(lines.Err())
	return all
}

// Taken collects what is read.
type Taken struct {
	count, wanted int
	last          time.Time
	out           *bufio.Writer
}

// NewTaken waits for so many records, and a moment longer.
func NewTaken(wanted int) *Taken {
	return &Taken{wanted: wanted, last: time.Now(), out: bufio.NewWriter(os.Stdout)}
}

// Take tells of one record.
func (t *Taken) Take(partition int32, offset int64, sequence []byte) {
	t.count++
	t.last = time.Now()
	if sequence == nil {
		sequence = []byte("none")
	}
	fmt.Fprintln(t.out, partition, offset, string(sequence))
}

// IsDone says whether nothing more can be waited for.
func (t *Taken) IsDone() bool {
	quiet := 60 * time.Second
	if t.count >= t.wanted {
		quiet = time.Second
	}
	return time.Since(t.last) > quiet
}

// Flush writes what is left.
func (t *Taken) Flush() { Check(t.out.Flush()) }

// Check ends the program.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
