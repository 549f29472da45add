import { z } from 'zod'
import { later } from './schemas.js'

/** A variable of the environment that holds what is not to stand in a document. */
export const variableSchema: z.ZodType<string> = later(() =>
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
    error: 'must be the name of a variable, such as DATABASE_URL',
  }),
)
