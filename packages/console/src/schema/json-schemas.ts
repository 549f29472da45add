import { z } from 'zod'
import { snapshotSchema } from './snapshot-schema.js'

/** What `GET /api/schema.json` answers: the shape of a snapshot, as JSON Schema 2020-12. */
export function snapshotJsonSchema(): object {
  return { title: 'A snapshot of a system that runs', ...z.toJSONSchema(snapshotSchema) }
}
