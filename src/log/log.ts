/**
 * The log: the only door to topics.
 *
 * Two adapters implement it, `embedded` (files in the data folder) and `kafka`; one contract suite runs over both.
 * Offsets and timestamps (milliseconds since 1970) are numbers. Offsets rise but may have holes.
 */
export interface Log {
  readonly kind: 'embedded' | 'kafka'
  /** Which log this is: offsets of one mean nothing in another. */
  identity(): Promise<string>
  /**
   * Create the topics that are missing. A topic that is there stays as it is: what would lose records or stop the
   * pipeline is TOPIC_INVALID, with what mends it; what may not be meant is returned.
   */
  ensureTopics(topics: readonly TopicSpec[]): Promise<TopicFault[]>
  /** How topics are, beside how they should be; creates nothing. */
  examineTopics(topics: readonly TopicSpec[]): Promise<TopicState[]>
  /**
   * Ids of topics: a topic that is deleted and made again has another one, and offsets of the one mean nothing in the other.
   * Null where the log gives none; no entry where there is no such topic.
   */
  topicIds(topics: readonly string[]): Promise<Map<string, string | null>>
  /** First offset and end (the offset that the next record gets) of each partition, in partition order. */
  ranges(topic: string): Promise<PartitionRange[]>
  /**
   * A producer under a stable id. A predecessor that still holds the id is shut out: Kafka fences the older one;
   * embedded refuses the newer one with ALREADY_RUNNING, naming the holder, while the older one lives.
   * When this resolves, no append of a predecessor can land any more, and in `topics`, those that it writes, everything of theirs
   * that landed can be read.
   */
  producer(id: string, topics?: readonly string[]): Promise<Producer>
  /** Read the given partitions from the given offsets, committed records only, in offset order within a partition. */
  reader(from: readonly Position[], options?: ReaderOptions): Promise<Reader>
  /** The newest committed record of every partition that has one; what a restarted publisher goes on from. */
  newest(topic: string): Promise<LogRecord[]>
  /** Tell lag tools how far a group has read. Only a report: nothing here ever reads it back. */
  reportPositions(group: string, positions: readonly Position[]): Promise<void>
  /**
   * Put other contents in the place of records, where `replacement` gives any, or none; how many it was. When this resolves, nobody who
   * begins to read finds what stood there, and the log keeps it nowhere. To be called by whoever alone appends to the topic.
   *
   * Embedded: in their very place. Kafka: all records of a partition that has any are appended again, in order, and what stood
   * before them is deleted; so readers meet records again, and go by what these say of themselves.
   */
  replace(topic: string, replacement: Replace): Promise<number>
  /** Drop superseded records of a compacted topic; absent where the log does that by itself. */
  compact?(topic: string): Promise<unknown>
  close(): Promise<void>
}

export interface TopicSpec {
  name: string
  partitions: number
  /** Only these partitions are read: a topic with more is refused. */
  exact?: boolean
  compacted?: boolean
  /** Keep records at least this long, in milliseconds; forever when absent. */
  retentionMs?: number
  /** What is lost when records go by their age or the topic's size: it is refused where they do. Absent: they may go. */
  whole?: string
  /** It must take records of any timestamp, long past ones too: it is refused where it does not. */
  anyTime?: boolean
  /** Largest record (Kafka: batch) that it takes, with its headers, in bytes; what the log's administrator decided when absent. */
  maxMessageBytes?: number
}

/** A topic that is there, or is not. */
export interface TopicState {
  name: string
  /** 0: it is not there. */
  partitions: number
  /** Copies of each partition. */
  replicas: number
  faults: TopicFault[]
}

/** What is wrong with a topic, or may not be meant. */
export interface TopicFault {
  topic: string
  /** A setting's name as the log's administrators know it, or "partitions" or "replicas". */
  setting: string
  value: string
  wanted: string
  /** What comes of it, without a full stop. */
  why: string
  /** Records would be lost, left unread or not be taken: nothing runs before it is mended. */
  refused: boolean
  /** What mends it where that is not a setting. */
  command?: string
}

export interface PartitionRange {
  partition: number
  first: number
  end: number
}

export interface Position {
  topic: string
  partition: number
  /** The next offset to read. */
  offset: number
}

export interface LogRecord {
  topic: string
  partition: number
  offset: number
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: Readonly<Record<string, Buffer>>
  /**
   * A sentence that says why nothing of it can be read. It then stands for all records of a batch up to its offset, and its
   * value is that batch as the log holds it.
   */
  unreadable?: string
}

/** What stands in a record's place from now on, and its time with it; null: what stood there. 'gone': nothing, a hole in the offsets. */
export type Replace = (record: LogRecord) => Replacement | 'gone' | null
export type Replacement = Pick<OutgoingRecord, 'key' | 'value' | 'headers'>

export interface OutgoingRecord {
  /**
   * Default: by the key's hash (murmur2, as the Java client) among the partitions that there are at this append, 0 without a
   * key.
   */
  partition?: number
  timestamp: number
  key: Buffer | string | null
  value: Buffer | null
  headers?: Readonly<Record<string, Buffer | string>>
}

export interface AppendOptions {
  /** A header of this name tells among how many partitions each record was placed; none when absent. */
  partitionsHeader?: string
}

export interface Producer {
  /**
   * Append all of the records or none; in each partition they stand in the order given, after those of the append before.
   * Await each call.
   *
   * Once it resolves it is durable: no crash of this process takes it back, nor of brokers while one in-sync replica of each
   * partition lives. Where an operator lets a replica lead that was not in sync, that partition loses its end by itself, and
   * "all or none" with it; so a restarted publisher looks at each partition's own end (published.ts).
   *
   * It shows in each partition by itself, on Kafka some milliseconds apart: who reads several may see one part of an append
   * before another, but nothing of the producer's next append before all of this one is there to be read.
   *
   * Each record is acknowledged, or this throws: LOG_UNAVAILABLE when it may have landed whole (`newest` tells; no part of it
   * lands later), and in all other cases nothing did. RECORD_TOO_LARGE is one record's fault: batches are cut to what the
   * topic takes.
   */
  append(topic: string, records: readonly OutgoingRecord[], options?: AppendOptions): Promise<void>
  close(): Promise<void>
}

export interface ReaderOptions {
  /** At most this many records a read (default 10,000). */
  maxRecords?: number
  /** At most about this many bytes buffered ahead (default 16 MiB). */
  maxBytes?: number
  /** Name shown to the broker's operators (default "recstream"). */
  name?: string
}

export interface Reader {
  /** What is there, in order; waits up to `maxWaitMs` for the first record, then returns an empty array. */
  read(maxWaitMs: number): Promise<LogRecord[]>
  /** The offset that `read` goes on from; it also passes offsets where nothing will ever come (transaction markers, compacted holes). */
  position(topic: string, partition: number): number
  /** Whether `read` has delivered every committed record that existed at this call. Go on reading when it has not. */
  caughtUp(): Promise<boolean>
  close(): Promise<void>
}
