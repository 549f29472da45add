/**
 * What a scenario may need that its other words do not show.
 *
 * - `trusts-caller`: obeys control headers (`x-envoy-max-retries` ...) of a trusted caller
 * - `between`: stands between two other programs, so that it forwards what it did not make
 */
export const NEEDS = ['trusts-caller', 'between'] as const
