import { z } from 'zod'
import { gatewayWords } from '../words/gateway-words.js'
import type { GatewayDocument } from './gateway-document.js'
import { policySections } from './policy-schema.js'
import { routeSchema } from './route-schema.js'
import { later, nameSchema, optional, portSchema, textSchema } from './schemas.js'
import { shapeBelow } from './shape-below.js'

const networkSchema = later(() =>
  z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
    error: 'must be an address or a network, such as 10.0.0.0/8 or 2001:db8::/32',
  }),
)

const addressSchema = later(() =>
  z.union([z.ipv4(), z.ipv6(), z.literal('localhost')], {
    error: 'must be an address of this machine, such as 127.0.0.1, or localhost',
  }),
)

export const gatewaySchema: z.ZodType<GatewayDocument> = later(
  () =>
    z.strictObject({
      ...policySections.shape,
      listen: optional(
        z.strictObject({
          host: optional(addressSchema),
          port: portSchema,
          tls: optional(z.strictObject({ certificate: textSchema, key: textSchema })),
        }),
      ),
      policy: optional(nameSchema),
      trust: optional(z.array(networkSchema)),
      ...shapeBelow(
        {
          words: gatewayWords,
          groups: {
            limits: 'What a request may take of the gateway',
            shedding:
              'Refuses what is more than the services behind it, or its own process, can bear; off by default',
          },
          offGroups: new Set(['shedding']),
        },
        '',
      ),
      routes: optional(z.array(routeSchema)),
    }) as z.ZodType as z.ZodType<GatewayDocument>,
)
