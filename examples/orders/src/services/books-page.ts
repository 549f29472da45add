import { z } from 'zod'
import { parse } from '../http/read-json.js'
import type { Reply, Request } from '../http/routes.js'
import type { LedgerPage } from '../journal/ledger.js'

const querySchema = z.object({ from: z.coerce.number().int().min(0).default(0) })

/** Where a page of the books starts: `?from=2000`. */
export function pageStart(request: Request): number {
  return parse(querySchema, Object.fromEntries(request.query)).from
}

/** `GET /internal/books?from=0`: the whole ledger, a page at a time, for the audit. */
export function booksPage(ledger: Paged, request: Request): Reply {
  return { status: 200, body: ledger.page(pageStart(request)) }
}

interface Paged {
  page(from: number): LedgerPage<unknown, unknown>
}
