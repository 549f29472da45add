// What each program is told: one core, keep-alive both ways, and for the proxies with policies the same ones.

const answer = `location / { default_type application/json; return 200 '{"id":42,"status":"paid","amount":1999,"currency":"EUR"}'; }`

/**
 * The upstream: nginx, which answers a small JSON body from memory; on `tlsPort` to those alone who prove who they are, on
 * `http2Port` to those who speak HTTP/2.
 */
export const upstreamConfiguration = (folder, port, { tlsPort, certificates, http2Port } = {}) => `
worker_processes 1; daemon off; pid ${folder}/upstream.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; ${temporary(folder, 'u')}
  keepalive_requests 1000000000; keepalive_timeout 3600s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    ${tlsPort === undefined ? '' : mutualTls(tlsPort, certificates)}
    ${answer}
  }
  ${http2Port === undefined ? '' : `server { listen 127.0.0.1:${http2Port} http2 backlog=4096; ${answer} }`}
}`

const mutualTls = (port, certificates) => `
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${certificates}/service/certificate.pem; ssl_certificate_key ${certificates}/service/key.pem;
    ssl_client_certificate ${certificates}/service/trust.pem; ssl_verify_client on;`

/** nginx as a proxy, with its access log on. */
export const nginxConfiguration = ({ folder, port, upstream }) => `
worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log /dev/null combined buffer=64k; ${temporary(folder, 'p')}
  keepalive_requests 1000000000; keepalive_timeout 3600s;
  upstream service { server 127.0.0.1:${upstream}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream error timeout http_503; }
  }
}`

const temporary = (folder, name) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ')

export const haproxyConfiguration = ({ port, upstream }) => `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 2
  retry-on conn-failure empty-response 503
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend service
backend service
  server one 127.0.0.1:${upstream} maxconn 1024
`
