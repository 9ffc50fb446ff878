"""moto's S3 on a free port, one request at a time: a condition and its write are then one step, as they are at S3."""

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stdout.flush()
server.serve_forever()
