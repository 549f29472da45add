import { z } from 'zod'
import { schemeNames } from '../words/scheme-names.js'
import type { RouteDocument } from './gateway-document.js'
import { nonLinearPart } from './non-linear-part.js'
import { policySections } from './policy-schema.js'
import {
  durationSchema,
  later,
  nameSchema,
  optional,
  pathSchema,
  percentageSchema,
  portSchema,
  textSchema,
  wholeNumber,
} from './schemas.js'
import { fallbackSchema, operationsSchema } from './service-schema.js'

const regexSchema = later(() =>
  z
    .string({ error: 'must be a regular expression' })
    .min(1)
    .check((context) => {
      const part = nonLinearPart(context.value)
      if (part === undefined) return
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `must be a regular expression that is matched in linear time, as RE2 does, without ${part}`,
      })
    }),
)

const pathMatchSchema = later(() =>
  z.union(
    [
      pathSchema,
      z.strictObject({ exact: pathSchema }),
      z.strictObject({ prefix: pathSchema }),
      z.strictObject({ regex: regexSchema }),
    ],
    {
      error:
        'must be a path that starts with /, or exactly one of { exact: /x }, { prefix: /x } and { regex: /x/[0-9]+ }',
    },
  ),
)

const valueMatchSchema = later(() =>
  z.union(
    [
      textSchema,
      z.strictObject({ exact: textSchema }),
      z.strictObject({ prefix: textSchema }),
      z.strictObject({ regex: regexSchema }),
      z.strictObject({ present: z.boolean() }),
    ],
    { error: 'must be a text, or exactly one of exact, prefix, regex and present: true or false' },
  ),
)

const token = later(() =>
  z.string().regex(/^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,200}$/, {
    error: 'must be the name of a header, such as x-user',
  }),
)

const headerValue = later(() =>
  z.string({ error: 'must be a text' }).regex(/^[\t -~\u0080-\u00ff]{0,4000}$/, {
    error: 'must be the value of a header, in one line',
  }),
)

const hostSchema = later(() =>
  z.string().regex(/^(\*\.)?[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/, {
    error: 'must be a host name, such as shop.example or *.shop.example',
  }),
)

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'] as const

const matchSchema = later(() =>
  z.strictObject({
    path: pathMatchSchema,
    methods: optional(z.array(z.enum(METHODS))),
    hosts: optional(z.array(hostSchema).min(1)),
    headers: optional(z.record(token, valueMatchSchema)),
    query: optional(z.record(z.string().min(1).max(200), valueMatchSchema)),
  }),
)

const mirrorSchema = later(() =>
  z.strictObject({
    to: nameSchema,
    version: optional(nameSchema),
    share: optional(percentageSchema),
  }),
)

const faultSchema = later(() =>
  z.strictObject({
    delay: optional(z.strictObject({ by: durationSchema, share: optional(percentageSchema) })),
    abort: optional(z.strictObject({ status: wholeNumber(200, 599), share: optional(percentageSchema) })),
  }),
)

const authoritySchema = later(() =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,250}(:\d{1,5})?$/, {
    error: 'must be a host name, such as shop.example',
  }),
)

const rewriteSchema = later(() =>
  z.union(
    [
      pathSchema,
      z
        .strictObject({
          prefix: optional(pathSchema),
          path: optional(pathSchema),
          host: optional(authoritySchema),
        })
        .refine((rewrite) => Object.keys(rewrite).length > 0, { error: 'must have prefix, path or host' })
        .refine(({ prefix, path }) => prefix === undefined || path === undefined, {
          error: 'must have one of prefix and path',
        }),
    ],
    { error: 'must be a path that starts with /, or have prefix or path, and host' },
  ),
)

const headerChangesSchema = later(() =>
  z.strictObject({
    set: optional(z.record(token, headerValue)),
    add: optional(z.record(token, headerValue)),
    remove: optional(z.array(token)),
  }),
)

const TARGET = 'must be a URL such as https://shop.example/new, or a path that starts with /'

const redirectSchema = later(() =>
  z
    .strictObject({
      to: optional(
        z
          .string({ error: TARGET })
          .regex(
            /^(https?:\/\/[A-Za-z0-9][A-Za-z0-9_.-]{0,250}(:\d{1,5})?(\/\S{0,1000})?|\/(?!\/)\S{0,1000})$/,
            {
              error: TARGET,
            },
          ),
      ),
      scheme: optional(z.enum(schemeNames)),
      host: optional(hostSchema),
      port: optional(portSchema),
      prefix: optional(pathSchema),
      path: optional(pathSchema),
      status: optional(
        z.union(
          [301, 302, 303, 307, 308].map((status) => z.literal(status)),
          {
            error: 'must be 301, 302, 303, 307 or 308',
          },
        ),
      ),
    })
    .refine(({ to, status: _status, ...parts }) => (to === undefined) === Object.keys(parts).length > 0, {
      error: 'must have to, or some of scheme, host, port, prefix and path',
    })
    .refine(({ prefix, path }) => prefix === undefined || path === undefined, {
      error: 'must have one of prefix and path',
    }),
)

const ORIGIN = 'must be *, or an origin such as https://shop.example or https://*.shop.example'

const corsSchema = later(() =>
  z.strictObject({
    origins: z
      .array(
        z
          .string({ error: ORIGIN })
          .regex(/^(\*|https?:\/\/(\*\.)?[A-Za-z0-9][A-Za-z0-9_.-]{0,250}(:\d{1,5})?)$/, {
            error: ORIGIN,
          }),
      )
      .min(1),
    methods: optional(z.array(z.enum(METHODS))),
    headers: optional(z.array(token)),
    expose: optional(z.array(token)),
    credentials: optional(z.boolean()),
    maxAge: optional(durationSchema),
  }),
)

const splitSchema = later(() =>
  z.record(
    nameSchema,
    z.union([wholeNumber(0, 1_000_000), percentageSchema], {
      error: 'must be a whole number from 0 to 1000000, or a percentage',
    }),
  ),
)

const ONE_OF = 'must have exactly one of to, redirect and respond'

/** A route: what it matches, what becomes of the request, and a policy as a call has it. */
export const routeSchema: z.ZodType<RouteDocument> = later(
  () =>
    z
      .strictObject({
        ...policySections.shape,
        match: matchSchema,
        to: optional(nameSchema),
        redirect: optional(redirectSchema),
        respond: optional(z.strictObject({ status: wholeNumber(200, 599), body: optional(z.unknown()) })),
        policy: optional(nameSchema),
        operations: optional(operationsSchema),
        fallback: optional(fallbackSchema),
        split: optional(splitSchema),
        mirror: optional(mirrorSchema),
        fault: optional(faultSchema),
        rewrite: optional(rewriteSchema),
        headers: optional(
          z.strictObject({ request: optional(headerChangesSchema), response: optional(headerChangesSchema) }),
        ),
        cors: optional(corsSchema),
      })
      .refine(
        ({ to, redirect, respond }) =>
          [to, redirect, respond].filter((action) => action !== undefined).length === 1,
        { error: ONE_OF },
      ) as z.ZodType as z.ZodType<RouteDocument>,
)
