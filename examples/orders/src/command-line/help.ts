/** What `--help` prints. */
export const help = `Runs a small shop (a gateway, order and its canary, tax, inventory, payment, shipping, loyalty, and a sidecar beside
each), sends it checkouts, and shows how it fares. Ctrl-C stops it in order; a second Ctrl-C stops it at once.

Usage: npm start -- [options]

  --port N       port of the gateway on 127.0.0.1, for https; 0 takes a free one
                                                                          (default 8443, or PORT)
  --rate N       checkouts per second                                     (default 20)
  --seconds N    ends by itself after N seconds of load
  --data DIR     where the shop keeps its data                            (default examples/orders/.watertight,
                                                                           with a profile .watertight-PROFILE)
  --profile P    runs by watertight.P.yaml as well: engines for real servers, which npm run engines installs
  --no-load      sends no checkouts: you do
  --no-console   opens no console, and sends no traces
  --json         prints nothing but a summary as JSON at the end; needs --seconds
  --help         shows this

Examples:

  npm start
  npm start -- --profile engines
  npm start -- --profile engines,own-sagas
  npm start -- --seconds 30 --rate 50
  npm start -- --no-load --port 9000
  npm start -- --seconds 10 --json --data /tmp/shop

Exit codes: 0 the books balance, 1 they do not or a service did not start, 2 wrong option, 3 the data folder is in
use, 4 the port is taken, 5 the data folder cannot be written, 6 a server of the profile is not installed.
`
