import { isDeepStrictEqual } from 'node:util'
import type { SystemModel } from '@watertight/manifest'
import { sheddingRules } from '@watertight/traffic'
import type { Posture } from '../posture.js'
import { Admissions, type SheddingOptions } from './admissions.js'

/** The admissions that a document asks for: kept, with what they have learnt, as long as it asks for the same. */
export class AdmissionsInForce {
  private readonly posture: Posture
  /** Where the document does not say. */
  private readonly otherwise: SheddingOptions | undefined
  private options: SheddingOptions | undefined = undefined
  private admissions: Admissions | undefined = undefined

  constructor(posture: Posture, otherwise: SheddingOptions | undefined) {
    this.posture = posture
    this.otherwise = otherwise
  }

  of(model: SystemModel): Admissions | undefined {
    const options = this.optionsOf(model)
    if (isDeepStrictEqual(options, this.options)) return this.admissions
    this.options = options
    this.admissions = options && new Admissions(options)
    return this.admissions
  }

  private optionsOf({ gateway, services }: SystemModel): SheddingOptions | undefined {
    const { posture, otherwise } = this
    const { shedding } =
      posture.kind === 'gateway' ? gateway : (services.get(posture.service) ?? { shedding: undefined })
    if (shedding === false) return undefined
    return shedding === undefined ? otherwise : sheddingRules(shedding)
  }
}
