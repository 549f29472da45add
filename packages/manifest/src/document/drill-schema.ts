import { z } from 'zod'
import { systemWords } from '../words/system-words.js'
import type { DrillDocument } from './drill-document.js'
import {
  durationSchema,
  later,
  nameSchema,
  optional,
  percentageSchema,
  textSchema,
  webUrlSchema,
} from './schemas.js'

const WATCH = 'must be a URL of http or https, or a path of the target such as /readyz'
const RATE = 'must be a rate such as 20/s or 300/m'

export const drillSchema: z.ZodType<DrillDocument> = later(() =>
  z
    .strictObject({
      every: durationSchema,
      story: textSchema,
      target: optional(nameSchema),
      fault: optional(z.enum(systemWords.drillFault)),
      delay: optional(durationSchema),
      strike: optional(textSchema),
      heal: optional(textSchema),
      for: optional(durationSchema),
      watch: optional(z.string({ error: WATCH }).regex(/^(https?:\/\/|\/)[^\s]{0,500}$/, { error: WATCH })),
      verify: optional(textSchema),
      detect: optional(durationSchema),
      recover: optional(durationSchema),
      failed: optional(percentageSchema),
      load: optional(
        z.strictObject({
          rate: z.string({ error: RATE }).regex(/^\d+(\.\d+)?\/(s|m)$/, { error: RATE }),
          requests: optional(z.array(textSchema).min(1).max(100)),
        }),
      ),
      notify: optional(webUrlSchema),
    })
    .refine(({ strike, fault, delay }) => strike === undefined || (fault ?? delay) === undefined, {
      error: 'must have either strike, or fault and delay: a drill strikes in one way',
    })
    .refine(({ fault, delay, for: lasts }) => fault !== 'kill' || (delay ?? lasts) === undefined, {
      error: 'must have no delay and no for beside fault: kill: it strikes once, and the system heals itself',
    })
    .refine(({ strike, target, watch }) => strike === undefined || (target ?? watch) !== undefined, {
      error: 'must have target or watch beside strike: what would tell that it is noticed',
    })
    .refine(({ strike, heal }) => strike !== undefined || heal === undefined, {
      error: 'must have strike beside heal: any other fault ends by itself',
    })
    .refine(({ target, watch }) => target !== undefined || watch?.startsWith('/') !== true, {
      error: 'must have target, or a whole URL for watch: a path is asked of the target',
    }),
)
