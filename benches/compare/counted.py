"""moto on a free port, with a count of the requests that it has answered at /_count."""

import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Response


class Counted:
    """An application in front of moto's."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()
        self.count = 0

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/_count":
            return Response(str(self.count), mimetype="text/plain")(environ, start_response)
        with self.lock:
            self.count += 1
        return self.application(environ, start_response)


server = make_server("127.0.0.1", 0, Counted(DomainDispatcherApplication(create_backend_app)), threaded=True)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
