/**
 * The name by which sidecars know one another: `spiffe://orders/payment` for service `payment` of system `orders`. It
 * stands in a certificate as its one URI (SPIFFE X.509-SVID, section 2), so that a peer proves who it is, not where.
 */
export function workloadIdentity(trustDomain: string, service: string): string {
  if (!/^[a-z0-9._-]{1,255}$/.test(trustDomain)) {
    throw new RangeError(
      `cannot name a workload: the trust domain must be lower-case letters, digits, ".", "-" and "_", got "${trustDomain}"`,
    )
  }
  if (!/^[A-Za-z0-9._-]+$/.test(service) || /^\.+$/.test(service)) {
    throw new RangeError(
      `cannot name a workload: a service must be letters, digits, ".", "-" and "_", got "${service}"`,
    )
  }
  return `spiffe://${trustDomain}/${service}`
}

/** The trust domain of a system: its name, in the letters that a trust domain may have. */
export function trustDomainOf(system: string): string {
  return system.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-')
}

/**
 * The one identity in a certificate's alternative names as Node writes them (`URI:spiffe://orders/payment, DNS:payment`).
 * Undefined where there is none, or more than one: such a certificate vouches for nobody in particular.
 */
export function identityOf(subjectAltName: string | undefined): string | undefined {
  const identities = [...(subjectAltName ?? '').matchAll(/(?:^|, )URI:(spiffe:\/\/[^,"\s]+)(?=,|$)/g)]
  return identities.length === 1 ? identities[0]?.[1] : undefined
}
