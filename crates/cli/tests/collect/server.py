"""moto's server, with a guard before it: the signature of every request of clavicle is worked out once more by botocore,
AWS's own implementation, and a request whose signature is another one is refused.

    python server.py PORT
"""

import io
import re
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

SHAPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)")
GIVEN = re.compile(rb"<AccessKeyId>(.*?)</AccessKeyId>\s*<SecretAccessKey>(.*?)</SecretAccessKey>")
SECRETS = {"testing": "testing"}


def is_sound(environ, body):
    shape = SHAPE.fullmatch(environ["HTTP_AUTHORIZATION"])
    if not shape:
        return False
    key, region, service, names, signature = shape.groups()
    if key not in SECRETS:
        return False
    variable = lambda name: "HTTP_" + name.upper().replace("-", "_")
    place = lambda name: {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}.get(name, variable(name))
    headers = {name: environ[place(name)] for name in names.split(";")}
    url = f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, SECRETS[key]), service, region)
    # The token is a header that is signed like any other.
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request) == signature


def guarded(app):
    def answer(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if environ.get("HTTP_USER_AGENT", "").startswith("clavicle/") and not is_sound(environ, body):
            start_response("403 Forbidden", [("x-amzn-errortype", "SignatureDoesNotMatch")])
            return [b"{}"]
        reply = list(app(environ, start_response))
        for key, secret in GIVEN.findall(b"".join(reply)):
            SECRETS[key.decode()] = secret.decode()
        return reply

    return answer


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


if __name__ == "__main__":
    app = guarded(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=Quiet)
