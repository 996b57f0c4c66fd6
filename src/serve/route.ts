import type { Static, TObject, TSchema } from 'typebox'
import type { Trace } from '../records/trace.ts'
import type { Service } from './service.ts'
import type { Access } from './tokens.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What a handler is given: parts of the request, as their schemas say. */
export interface Asked<P, Q, B> {
  params: P
  query: Q
  body: B
  /** Ids of the If-None-Match. */
  has: readonly string[]
  /** Wall clock, ms. */
  now: number
  /** The trace that the request stands in. */
  trace: Trace | null
  /** Aborts when the client is gone, or its time is up. */
  signal: AbortSignal
}

/** What a handler answers; without a body, none. */
export interface Reply {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

/** An answer that a route may give, for the document. */
export interface AnswerDoc {
  description: string
  schema?: TSchema
  headers?: Readonly<Record<string, string>>
  /** Default: application/json. */
  type?: string
}

/** One thing that can be asked. Its schemas are what is checked, what the handler's types come from, and what the document shows. */
export interface Route {
  method: Method
  /** With {id} where a part of it is one. */
  path: string
  /** What a token must open; null: it is open to all. */
  access: Access | null
  tag: string
  summary: string
  description?: string
  params?: TObject
  query?: TObject
  body?: TSchema
  /** It is checked by its handler, entry by entry; its schema is for the document. */
  checksItself?: true
  /** It may take longer than other requests, ms. */
  takesMs?: number
  answers: Readonly<Record<number, AnswerDoc>>
  handle(asked: Asked<never, never, never>, service: Service): Promise<Reply>
}

type Part<S> = S extends TSchema ? Static<S> : undefined

/** A route whose handler has the types of its schemas. */
export function route<
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  given: Omit<Route, 'params' | 'query' | 'body' | 'handle'> & {
    params?: P
    query?: Q
    body?: B
    handle(asked: Asked<Part<P>, Part<Q>, Part<B>>, service: Service): Promise<Reply>
  },
): Route {
  return given as Route
}
