/** A manifest of that many services, each of which calls five others. */
export function largeManifest(services) {
  const lines = [
    'watertight: v1',
    'system: large',
    'reviewed: 2026-11-30',
    'policies:',
    '  standard:',
    '    timeout: { connect: 500ms, attempt: 1s, total: 4s }',
    '    retry: { attempts: 1 }',
    '    breaker: {}',
    '    bulkhead: {}',
    'services:',
  ]
  for (let index = 0; index < services; index++) {
    lines.push(
      `  service-${index}:`,
      `    run: node dist/service-${index}.js`,
      `    port: ${2_000 + index}`,
      '    health: { live: /healthz, ready: /readyz }',
      '    objective: { availability: 99%, window: 30d }',
      '    scale: { min: 2, max: 20, cpu: 70% }',
      '    calls:',
    )
    for (let call = 1; call <= 5; call++)
      lines.push(`      service-${(index + call * 7) % services}: { policy: standard }`)
  }
  return `${lines.join('\n')}\n`
}
