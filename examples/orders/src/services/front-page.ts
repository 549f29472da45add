const order = '{"customer":"c-1","items":[{"sku":"book-42","quantity":2}],"card":"tok_ok"}'

/** What a browser gets from the gateway: what there is, and how to break it. It holds no token, and needs no script. */
export function frontPage(urls: Readonly<Record<string, string>>): string {
  const { gateway = '', payment = '' } = urls
  const rows = Object.entries(urls).map(
    ([name, url]) =>
      `<tr><td>${name}</td><td>${url}</td>` +
      ['healthz', 'readyz', 'metrics', 'internal/status']
        .map((path) => `<td><a href="${url}/${path}">${path}</a></td>`)
        .join('') +
      '</tr>',
  )
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
<p>A small shop in six processes that survives slow, failing and killed services. A checkout goes through gateway,
order, inventory, payment, shipping and loyalty.</p>
<table>${rows.join('\n')}</table>
<h2>Order something</h2>
<pre>curl -s ${gateway}/orders -d '${order}'</pre>
<h2>Break it</h2>
<p>Make payment slow for 20 seconds, with the token that was printed in the terminal of <code>npm start</code>:</p>
<pre>curl -s ${payment}/faults -H 'x-fault-token: TOKEN' -d '{"latencyMs":3000,"forSeconds":20}'</pre>
<p>Kill a service: its process is named by <code>pid</code> in its <code>internal/status</code>.</p>
<pre>kill -9 PID</pre>
<p>The terminal shows what the breakers do about it, and examples/orders/README.md says what else to try.</p>
</html>
`
}
