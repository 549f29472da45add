const body = JSON.stringify({ status: 'reserved', items: [{ sku: 'book-42', quantity: 2 }] })

/** A small JSON answer, as services give each other most of the time. */
export function answer(response) {
  response.setHeader('content-type', 'application/json')
  response.end(body)
}
