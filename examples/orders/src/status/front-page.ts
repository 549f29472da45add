import { instanceNames, serviceNames } from '../services/names.js'
import { orderCommand, slowCommand, type Running } from './commands.js'

const paths = ['healthz', 'readyz', 'metrics', 'internal/status']

/** What a browser gets: what there is, and how to break it. It holds no token, and needs no script. */
export function frontPage(running: Running): string {
  const link = (url: string, path: string) => `<td><a href="${url}/${path}">${path}</a></td>`
  const rows = instanceNames
    .filter((name) => running.names.includes(name))
    .map((name) => {
      const url = running.url(name)
      const shown = serviceNames.some((service) => service === name) ? paths : paths.slice(0, 2)
      return `<tr><td>${name}</td><td>${url}</td>${shown.map((path) => link(url, path)).join('')}</tr>`
    })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Orders</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  td { padding-right: 1rem } pre { padding: .75rem; overflow-x: auto; border: 1px solid #8886 }
</style>
<h1>Orders</h1>
<p>A small shop that survives slow, failing and killed services. A checkout goes through the gateway to order, or to its
canary, and from there to tax, inventory, payment, shipping and loyalty; a sidecar stands beside each. These are the
processes behind their sidecars:</p>
<table>${rows.join('\n')}</table>
<p>The gateway is at ${running.gatewayUrl}, and <a href="${running.url('gateway')}/clusters">tells</a> how it sees order.</p>
<h2>Order something</h2>
<pre>${orderCommand(running)}</pre>
<h2>Break it</h2>
<p>Make payment slow for 20 seconds, with the token that was printed in the terminal of <code>npm start</code>:</p>
<pre>${slowCommand(running, 'TOKEN')}</pre>
<p>Kill a service: its process is named by <code>pid</code> in its <code>internal/status</code>.</p>
<pre>kill -9 PID</pre>
<p>The terminal shows what the breakers do about it, and examples/orders/README.md says what else to try.</p>
</html>
`
}
