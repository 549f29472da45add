"""What Python's own HTTP clients get through a gateway."""

import http.client
import json
import sys
import urllib.error
import urllib.request

port = int(sys.argv[1])
kept = http.client.HTTPConnection("127.0.0.1", port)
for path in ("/python", "/slow", "/python"):
    kept.request("GET", path)
    print(kept.getresponse().read().decode())

kept.request("POST", "/python", body=(b"x" * 1000 for _ in range(300)), encode_chunked=True)
print(kept.getresponse().read().decode())

# Sends all of it before it looks for an answer.
kept.request("POST", "/python", body=b"x" * 20_000_000)
refused = kept.getresponse()
print(refused.status, refused.getheader("connection"))

url = f"http://127.0.0.1:{port}"
print(json.load(urllib.request.urlopen(f"{url}/urllib", data=b"y" * 100_000))["length"])
print(len(urllib.request.urlopen(f"{url}/large").read()))
try:
    urllib.request.urlopen(f"{url}/nowhere")
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
